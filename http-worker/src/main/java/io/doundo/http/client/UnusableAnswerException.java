package io.doundo.http.client;

import java.io.IOException;

/** A response that is larger than allowed, or encoded in a way that cannot be read. */
final class UnusableAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  UnusableAnswerException(String message) {
    super(message);
  }

  static UnusableAnswerException tooLarge(int limit) {
    return new UnusableAnswerException("the answer is larger than " + limit + " bytes");
  }
}
