package io.doundo.http.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of one request. */
public sealed interface CallResult {

  /** A whole response. Immutable; nobody changes the bytes of the body. */
  final class Answered implements CallResult {

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    /**
     * A response.
     *
     * @param headers names in lower case
     * @param body decompressed; empty when there is none
     */
    public Answered(int status, Map<String, String> headers, byte[] body) {
      this.status = status;
      this.headers = Map.copyOf(headers);
      this.body = body;
    }

    public int status() {
      return status;
    }

    /** By their names in lower case. */
    public Map<String, String> headers() {
      return headers;
    }

    /** Decompressed; empty when there is none. */
    public byte[] body() {
      return body;
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
   */
  record NotSent(String reason, boolean isFinal, boolean serviceFault, Cause cause)
      implements CallResult {

    /** Not sent for a reason that has no name. */
    public NotSent(String reason, boolean isFinal, boolean serviceFault) {
      this(reason, isFinal, serviceFault, Cause.OTHER);
    }

    /** Whether the guard refused the address of the host. */
    public boolean isRefused() {
      return cause == Cause.GUARD;
    }
  }

  /** Why a request was not sent. */
  enum Cause {
    /** The guard refused the address of the host. */
    GUARD,
    /** The limits of the connection left it no turn before its deadline. */
    OWN_LIMIT,
    OTHER
  }

  /**
   * The request may have been received, and there is no usable response.
   *
   * @param serviceFault whether that is the fault of the service
   */
  record Unanswered(String reason, boolean serviceFault) implements CallResult {}
}
