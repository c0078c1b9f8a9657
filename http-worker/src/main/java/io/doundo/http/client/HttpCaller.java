package io.doundo.http.client;

import io.doundo.http.connection.Connection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The client of one connection. It sends what it is given exactly once: it repeats nothing, follows
 * no redirect, keeps no cookie, uses no proxy, and connects only to addresses that its guard
 * allows. Thread-safe.
 */
public final class HttpCaller implements RequestSender {

  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int MAX_HEADERS = 100;
  private static final int MOST_SOCKETS = 1_000;
  private static final TimeValue CLOSING = TimeValue.ofSeconds(1);

  private final Connection connection;
  private final CloseableHttpAsyncClient client;
  private final ScheduledExecutorService timer;

  /**
   * Starts a client.
   *
   * @param allowLoopback whether loopback addresses may be called although private ones may not
   * @param timer ends calls at their deadline
   */
  public HttpCaller(
      Connection connection,
      NameResolver names,
      boolean allowLoopback,
      ScheduledExecutorService timer) {
    this.connection = connection;
    this.timer = timer;
    AddressGuard guard = new AddressGuard(connection.allowPrivate(), allowLoopback);
    int sockets = Math.min(MOST_SOCKETS, connection.atOnce());
    Timeout connect = Timeout.of(connection.connectTimeout());
    PoolingAsyncClientConnectionManagerBuilder pool =
        PoolingAsyncClientConnectionManagerBuilder.create()
            .setDnsResolver(new GuardedResolver(names, guard))
            .setMaxConnTotal(sockets)
            .setMaxConnPerRoute(sockets)
            .setDefaultTlsConfig(
                TlsConfig.custom()
                    .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                    .setHandshakeTimeout(connect)
                    .build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(connect)
                    .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                    .setTimeToLive(TimeValue.ofMinutes(5))
                    .build());
    if (connection.tls() != null) {
      pool.setTlsStrategy(new DefaultClientTlsStrategy(connection.tls()));
    }
    this.client =
        HttpAsyncClientBuilder.create()
            .setConnectionManager(pool.build())
            // The default asks the system for a proxy, which would look the name up by itself.
            .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE))
            .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
            .setHttp1Config(
                Http1Config.custom()
                    .setMaxLineLength(MAX_HEADER_BYTES)
                    .setMaxHeaderCount(MAX_HEADERS)
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setRedirectsEnabled(false)
                    .setAuthenticationEnabled(false)
                    .setContentCompressionEnabled(false)
                    .setProtocolUpgradeEnabled(false)
                    .setExpectContinueEnabled(false)
                    .build())
            .addExecInterceptorAfter(
                ChainElement.CONNECT.name(), "before-writing", new BeforeWriting())
            .setThreadFactory(threads(connection.name()))
            .setUserAgent("DoUndo")
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .evictIdleConnections(TimeValue.ofSeconds(30))
            .build();
    client.start();
  }

  private static ThreadFactory threads(String connection) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "http-" + connection + '-' + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public SentCall prepare() {
    return new SentCall(connection.maxAnswer());
  }

  @Override
  public void send(SentCall call, OutgoingRequest request, Duration longest) {
    ScheduledFuture<?> deadline =
        timer.schedule(
            () -> call.abandon("there was no answer before the deadline"),
            longest.toMillis(),
            TimeUnit.MILLISECONDS);
    call.result().whenComplete((result, error) -> deadline.cancel(false));
    try {
      HttpClientContext context = HttpClientContext.create();
      context.setAttribute(BeforeWriting.CALL, call);
      call.runs(
          client.execute(
              new BasicRequestProducer(head(request), body(request)),
              new BoundedConsumer(connection.maxAnswer()),
              context,
              call));
    } catch (RuntimeException e) {
      call.failed(e);
    }
  }

  private static BasicHttpRequest head(OutgoingRequest request) {
    URI url = request.url();
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    BasicHttpRequest head =
        new BasicHttpRequest(
            request.method(),
            new HttpHost(url.getScheme(), hostOf(url), url.getPort()),
            url.getRawQuery() == null ? path : path + '?' + url.getRawQuery());
    request.headers().forEach(head::addHeader);
    return head;
  }

  /** An IPv6 address stands in brackets in a URL, and without them elsewhere. */
  private static String hostOf(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static @Nullable AsyncEntityProducer body(OutgoingRequest request) {
    byte[] body = request.body();
    return body == null ? null : new BasicAsyncEntityProducer(body, null);
  }

  /** Closes idle connections at once, and those whose calls still run after a second. */
  @Override
  public void close() {
    client.initiateShutdown();
    try {
      // The client logs an error for each selector that is closed while its thread uses it.
      client.awaitShutdown(CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close(CloseMode.IMMEDIATE);
  }
}
