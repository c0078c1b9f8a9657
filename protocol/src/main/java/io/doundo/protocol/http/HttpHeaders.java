package io.doundo.protocol.http;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which headers a request may have. */
public final class HttpHeaders {

  /** Headers of the connection between two hops, and those that the client itself must compute. */
  private static final Set<String> OF_THE_HOP =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final String SIGNS = "!#$%&'*+-.^_`|~";

  private static final int MAX_NAME = 100;
  private static final int MAX_VALUE = 8_000;

  private HttpHeaders() {}

  /** Why a request must not have a header of this name, or null when it may. */
  public static @Nullable String refuse(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME || !name.chars().allMatch(HttpHeaders::isSign)) {
      return "must have 1 to " + MAX_NAME + " letters, digits and " + SIGNS;
    }
    return OF_THE_HOP.contains(name.toLowerCase(Locale.ROOT))
        ? "is set by the client itself, and a step must not set it"
        : null;
  }

  /**
   * Why a header cannot have this value, or null when it can. A line break would begin another
   * header.
   */
  public static @Nullable String refuseValue(String value) {
    if (value.length() > MAX_VALUE) {
      return "must have at most " + MAX_VALUE + " characters";
    }
    return value.chars().allMatch(c -> (c >= ' ' && c <= '~') || c == '\t')
        ? null
        : "must have printable ASCII characters only, and no line break";
  }

  private static boolean isSign(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || SIGNS.indexOf(c) >= 0;
  }
}
