package io.doundo.http.client;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as it goes out. Immutable; nobody changes the bytes of the body. */
public final class OutgoingRequest {

  private final String method;
  private final URI url;
  private final Map<String, String> headers;
  private final byte @Nullable [] body;

  /**
   * A request.
   *
   * @param headers credentials among them
   * @param body null when there is none
   */
  public OutgoingRequest(
      String method, URI url, Map<String, String> headers, byte @Nullable [] body) {
    this.method = method;
    this.url = url;
    this.headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    this.body = body;
  }

  public String method() {
    return method;
  }

  public URI url() {
    return url;
  }

  /** Credentials are among them. */
  public Map<String, String> headers() {
    return headers;
  }

  /** Null when there is none. */
  public byte @Nullable [] body() {
    return body;
  }
}
