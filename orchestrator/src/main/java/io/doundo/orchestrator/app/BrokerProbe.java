package io.doundo.orchestrator.app;

import io.doundo.protocol.text.DurationText;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Asks whether any broker answers. Thread-safe. */
final class BrokerProbe implements AutoCloseable {

  private static final int TIMEOUT_MS = 3_000;

  /** How long an answer is good for, so that health checks cost the broker next to nothing. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final DoundoProperties.Kafka kafka;
  private @Nullable Admin admin;
  private @Nullable String failure = "not checked yet";
  private long askedAt = System.nanoTime() - FRESH_NANOS;

  BrokerProbe(DoundoProperties.Kafka kafka) {
    this.kafka = kafka;
  }

  String address() {
    return kafka.bootstrapServers();
  }

  /** Why no broker answers, or null when one does. */
  synchronized @Nullable String failure() {
    if (System.nanoTime() - askedAt >= FRESH_NANOS) {
      failure = ask();
      askedAt = System.nanoTime();
    }
    return failure;
  }

  private @Nullable String ask() {
    try {
      Admin asked = admin;
      if (asked == null) {
        asked = open();
        admin = asked;
      }
      asked.describeCluster().clusterId().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
      return null;
    } catch (KafkaException e) {
      return causes(e);
    } catch (ExecutionException e) {
      return causes(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      return "no answer within " + DurationText.of(TIMEOUT_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private Admin open() {
    Map<String, Object> config = new HashMap<>(kafka.properties());
    config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    config.put(AdminClientConfig.CLIENT_ID_CONFIG, "doundo-probe");
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    config.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    return Admin.create(config);
  }

  /** The outermost message of a Kafka client often says only that it failed. */
  private static String causes(Throwable failure) {
    Throwable cause = failure.getCause();
    String message = String.valueOf(failure.getMessage());
    return cause == null || cause == failure ? message : message + ": " + cause.getMessage();
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close();
      admin = null;
    }
  }
}
