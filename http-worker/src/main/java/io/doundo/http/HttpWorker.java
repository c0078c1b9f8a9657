package io.doundo.http;

import io.doundo.http.call.ConnectedServices;
import io.doundo.http.call.HttpCallee;
import io.doundo.http.client.NameResolver;
import io.doundo.protocol.Topics;
import io.doundo.worker.delivery.DeliverySettings;
import io.doundo.worker.delivery.Worker;
import io.doundo.worker.delivery.WorkerState;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.PartitionFences;
import io.doundo.worker.threads.HandlerThreads;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out http and webhook steps, from {@link #start} to {@link #close}. Its fence lives as
 * long as the assignment of a partition: what another worker did before is in doubt. Start and
 * close are called from one thread, once.
 */
public final class HttpWorker implements AutoCloseable {

  /** The name under which it answers. */
  public static final String SERVICE = "doundo-http";

  private static final Logger LOG = LoggerFactory.getLogger(HttpWorker.class);
  private static final Duration LEASE = Duration.ofSeconds(20);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(threads("http-timer"));
  private final ExecutorService executor = Executors.newCachedThreadPool(threads("http-call"));
  private final ConnectedServices services;
  private final Worker worker;
  private final MeterRegistry registry;
  private final List<Gauge> gauges;

  /**
   * Makes a worker.
   *
   * @param kafka properties of its Kafka clients
   * @param version in its answers; null to leave it out
   * @param bundles the TLS context of an SSL bundle
   * @throws IllegalArgumentException when a setting is wrong
   */
  public HttpWorker(
      HttpWorkerProperties properties,
      Map<String, Object> kafka,
      @Nullable String version,
      Function<String, SSLContext> bundles,
      MeterRegistry registry) {
    InstantSource clock = InstantSource.system();
    this.registry = registry;
    this.services =
        new ConnectedServices(
            new ConnectionReader(bundles).read(properties),
            NameResolver.SYSTEM,
            properties.allowLoopback(),
            timer,
            executor,
            clock,
            registry);
    PartitionFences fences =
        new PartitionFences(
            clock,
            FenceSettings.DEFAULTS.withClockTolerance(properties.clockTolerance()),
            properties.fenceRecords());
    this.worker =
        Worker.ofTopic(
            new DeliverySettings(
                SERVICE,
                properties.group(),
                kafka,
                LEASE,
                properties.concurrency(),
                properties.maxPending(),
                properties.stopTimeout(),
                version),
            Topics.HTTP,
            new HttpCallee(services, clock),
            fences,
            registry,
            HandlerThreads.of(executor));
    worker.onDeath(
        reason ->
            LOG.error(
                "The http worker has ended although nobody stopped it ({}): this process carries"
                    + " out no http and webhook steps any more; restart it",
                reason));
    this.gauges =
        List.of(
            Gauge.builder("doundo.http.alive", () -> worker.state().alive() ? 1 : 0)
                .description("1 while the http worker reads commands")
                .strongReference(true)
                .register(registry),
            Gauge.builder("doundo.http.fence.records", fences::size)
                .description("Steps that the http worker's fence remembers")
                .strongReference(true)
                .register(registry));
  }

  static ThreadFactory threads(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + '-' + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Begins to carry out commands. */
  public void start() {
    worker.start();
  }

  /** Its health. */
  public WorkerState state() {
    return worker.state();
  }

  /** Lets running calls end, up to the stop's timeout, and leaves the group. */
  @Override
  public void close() {
    worker.stop();
    gauges.forEach(registry::remove);
    services.close();
    executor.shutdownNow();
    timer.shutdownNow();
  }
}
