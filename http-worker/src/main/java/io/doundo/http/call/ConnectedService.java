package io.doundo.http.call;

import io.doundo.http.client.RequestSender;
import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Throttle;

/**
 * A connection with what it needs to be called: its client, its limits, its token.
 *
 * @param abroad the client for redirects that leave the origin; the same as the other where no
 *     redirect is followed
 */
record ConnectedService(
    Connection connection,
    RequestSender caller,
    RequestSender abroad,
    Throttle throttle,
    TokenSource tokens)
    implements AutoCloseable {

  @Override
  public void close() {
    caller.close();
    if (!abroad.equals(caller)) {
      abroad.close();
    }
  }
}
