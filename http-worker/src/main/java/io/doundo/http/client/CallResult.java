package io.doundo.http.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of one request. */
public sealed interface CallResult {

  /**
   * A whole response.
   *
   * @param headers names in lower case
   * @param body decompressed; empty when there is none
   */
  record Answered(int status, Map<String, String> headers, byte[] body) implements CallResult {

    public Answered {
      headers = Map.copyOf(headers);
    }

    /** A header's value; null when the response does not have it. */
    public @Nullable String header(String lowerCaseName) {
      return headers.get(lowerCaseName);
    }
  }

  /**
   * Nothing of the request was written, so that it certainly had no effect.
   *
   * @param isFinal whether another attempt would end in the same way
   * @param serviceFault whether that is the fault of the service
   * @param isRefused whether the guard refused the address of the host
   */
  record NotSent(String reason, boolean isFinal, boolean serviceFault, boolean isRefused)
      implements CallResult {

    /** Not sent for a reason other than the address of the host. */
    public NotSent(String reason, boolean isFinal, boolean serviceFault) {
      this(reason, isFinal, serviceFault, false);
    }
  }

  /**
   * The request may have been received, and there is no usable response.
   *
   * @param serviceFault whether that is the fault of the service
   */
  record Unanswered(String reason, boolean serviceFault) implements CallResult {}
}
