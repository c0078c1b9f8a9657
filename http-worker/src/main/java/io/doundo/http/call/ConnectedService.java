package io.doundo.http.call;

import io.doundo.http.client.HttpCaller;
import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Throttle;

/** A connection with what it needs to be called: its client, its limits, its token. */
record ConnectedService(
    Connection connection, HttpCaller caller, Throttle throttle, TokenSource tokens)
    implements AutoCloseable {

  @Override
  public void close() {
    caller.close();
  }
}
