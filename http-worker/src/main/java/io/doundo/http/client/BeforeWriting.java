package io.doundo.http.client;

import java.io.IOException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/**
 * Stands in the client between the connection, with TLS, and the first byte of the request: what
 * fails before this had certainly no effect. Thread-safe.
 */
final class BeforeWriting implements AsyncExecChainHandler {

  /** The attribute of the request's context that holds its {@link SentCall}. */
  static final String CALL = "doundo.call";

  @Override
  public void execute(
      HttpRequest request,
      @Nullable AsyncEntityProducer body,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    SentCall call = (SentCall) scope.clientContext.getAttribute(CALL);
    if (call.mayWrite()) {
      chain.proceed(request, body, scope, callback);
    } else {
      callback.failed(new IOException("the call was given up before it was sent"));
    }
  }
}
