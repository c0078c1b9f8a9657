package io.doundo.http.client;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it goes out.
 *
 * @param headers credentials among them
 * @param body null when there is none
 */
public record OutgoingRequest(
    String method, URI url, Map<String, String> headers, byte @Nullable [] body) {

  public OutgoingRequest {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
