package io.doundo.protocol.http;

import io.doundo.protocol.json.RawJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request. Immutable.
 *
 * @param connection the name of the connection that has the base URL and the credentials; null when
 *     {@code url} is absolute
 * @param url a path with a query, beginning with {@code /}, below the connection's base URL; or an
 *     absolute URL
 * @param body null when there is none. A text goes out as it is if the request has a Content-Type
 *     that is not JSON; everything else goes out as JSON.
 * @param isTemplate whether the URL, the values of headers and the body are templates that the
 *     worker evaluates. Otherwise they are literal, and braces in them mean nothing.
 */
public record HttpRequest(
    @Nullable String connection,
    HttpMethod method,
    String url,
    Map<String, String> headers,
    @Nullable RawJson body,
    boolean isTemplate) {

  static final int MAX_URL = 8_000;
  static final int MAX_HEADERS = 64;

  public HttpRequest {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** A request with nothing left to evaluate. */
  public static HttpRequest evaluated(
      @Nullable String connection,
      HttpMethod method,
      String url,
      Map<String, String> headers,
      @Nullable RawJson body) {
    return new HttpRequest(connection, method, url, headers, body, false);
  }

  /**
   * Whether sending it again after a success changes nothing and succeeds again. With a condition
   * in {@code If-Match} or {@code If-None-Match} the repetition of a success would fail.
   */
  public boolean isRepeatable() {
    return method.isRepeatable()
        && (method.isRead()
            || headers.keySet().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .noneMatch(name -> name.equals("if-match") || name.equals("if-none-match")));
  }

  /** Why this request must not be sent, beginning with the place; null when it may be. */
  public @Nullable String refuse() {
    String url = refuseUrl();
    return url == null ? refuseHeaders() : "url " + url;
  }

  private @Nullable String refuseUrl() {
    if (url.length() > MAX_URL) {
      return "must have at most " + MAX_URL + " characters";
    }
    if (!isTemplate && !url.chars().allMatch(c -> c > ' ' && c <= '~' && c != '\\')) {
      return "must have printable ASCII characters only, and no backslash; encode all others";
    }
    if (connection != null) {
      return url.startsWith("/") && !url.startsWith("//")
          ? null
          : "must be a path that begins with one '/', because the connection has the base URL";
    }
    String lower = url.toLowerCase(Locale.ROOT);
    if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
      return "must be an absolute http or https URL, because there is no connection";
    }
    return authority(url).indexOf('@') >= 0
        ? "must not have credentials; a connection has them"
        : null;
  }

  private static String authority(String absolute) {
    int begin = absolute.indexOf("//") + 2;
    int end = begin;
    while (end < absolute.length() && "/?#".indexOf(absolute.charAt(end)) < 0) {
      end++;
    }
    return absolute.substring(begin, end);
  }

  private @Nullable String refuseHeaders() {
    if (headers.size() > MAX_HEADERS) {
      return "headers must be at most " + MAX_HEADERS;
    }
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = HttpHeaders.refuse(header.getKey());
      if (name != null) {
        return "headers: \"" + header.getKey() + "\" " + name;
      }
      String value = isTemplate ? null : HttpHeaders.refuseValue(header.getValue());
      if (value != null) {
        return "headers." + header.getKey() + " " + value;
      }
    }
    return null;
  }
}
