package io.doundo.protocol.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The methods of calls. */
public enum HttpMethod {
  GET,
  HEAD,
  OPTIONS,
  POST,
  PUT,
  PATCH,
  DELETE;

  /** Whether it only reads, so that a failed call certainly had no effect. */
  public boolean isRead() {
    return this == GET || this == HEAD || this == OPTIONS;
  }

  /** Whether a second call changes nothing that the first has not changed. */
  public boolean isRepeatable() {
    return isRead() || this == PUT || this == DELETE;
  }

  /** The method of this name, in upper or lower case; null when there is none. */
  public static @Nullable HttpMethod of(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    for (HttpMethod method : values()) {
      if (method.name().equals(upper)) {
        return method;
      }
    }
    return null;
  }
}
