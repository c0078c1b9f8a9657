package io.doundo.orchestrator.definition;

import io.doundo.protocol.http.HttpMethod;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as a document defines it. The URL, the values of the headers and the body have
 * expressions in them.
 *
 * @param connection the name of the connection that has the base URL and the credentials; null when
 *     the URL is absolute
 * @param url a path below the connection's base URL, or an absolute URL
 * @param body a JSON value; null for none
 */
public record HttpTemplate(
    @Nullable String connection,
    HttpMethod method,
    String url,
    Map<String, String> headers,
    @Nullable String body) {

  public HttpTemplate {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
