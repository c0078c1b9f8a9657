package io.doundo.http.client;

import java.time.Duration;

/** Sends requests, each exactly once. Thread-safe. */
public interface RequestSender extends AutoCloseable {

  /** A call that is not sent yet: it can be abandoned before, while and after it is sent. */
  SentCall prepare();

  /**
   * Sends a request. Blocks while its host name is looked up. What fails is in the result of the
   * call; nothing is written once the call was abandoned.
   *
   * @param call made by {@link #prepare}, and used once
   * @param longest until the whole response must have come
   */
  void send(SentCall call, OutgoingRequest request, Duration longest);

  @Override
  void close();
}
