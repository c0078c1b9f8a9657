package io.doundo.http;

import io.doundo.http.call.ConnectedServices;
import io.doundo.http.call.ConnectedServices.Posted;
import io.doundo.http.client.NameResolver;
import io.doundo.protocol.json.RawJson;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * Sends signed webhooks over the connections of the http worker, with their credentials, limits and
 * guarded addresses, for callers that read the result themselves. Thread-safe.
 */
public final class WebhookSender implements AutoCloseable {

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(HttpWorker.threads("webhook-timer"));
  private final ExecutorService executor =
      Executors.newCachedThreadPool(HttpWorker.threads("webhook-call"));
  private final ConnectedServices services;

  /**
   * Opens nothing yet.
   *
   * @param bundles the TLS context of an SSL bundle
   * @throws IllegalArgumentException when a setting is wrong
   */
  public WebhookSender(
      HttpWorkerProperties properties,
      Function<String, SSLContext> bundles,
      MeterRegistry registry) {
    this.services =
        new ConnectedServices(
            new ConnectionReader(bundles).read(properties),
            NameResolver.SYSTEM,
            properties.allowLoopback(),
            timer,
            executor,
            InstantSource.system(),
            registry);
  }

  /**
   * Sends one webhook, once: a POST with the headers of Standard Webhooks.
   *
   * @param connection one that is configured and has a signing secret; otherwise nothing is sent
   * @param path what follows the connection's URL: empty, or beginning with a slash
   * @param id under which the receiver recognises a repetition
   * @param longest until when there is a result
   * @return never fails
   */
  public CompletionStage<Posted> send(
      String connection, String path, RawJson body, String id, Duration longest) {
    return services.post(connection, path, body, id, longest);
  }

  /** Ends calls that still run. */
  @Override
  public void close() {
    services.close();
    executor.shutdownNow();
    timer.shutdownNow();
  }
}
