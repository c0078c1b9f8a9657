package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Periodically fetches the readable end of the inputs from the broker, in its own thread. */
final class InputWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(InputWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final long PATIENCE_SECONDS = 10;

  private final Admin admin;
  private final BlockedInputs blocked;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService executor;

  InputWatch(EngineSettings settings, BlockedInputs blocked, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    Properties properties = new Properties();
    settings.clientProperties().forEach(properties::put);
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(AdminClientConfig.CLIENT_ID_CONFIG, settings.applicationId() + "-input-watch");
    this.admin = Admin.create(properties);
    this.blocked = blocked;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "doundo-input-watch");
              thread.setDaemon(true);
              return thread;
            });
  }

  void start() {
    var unused =
        executor.scheduleWithFixedDelay(
            this::lookOrKeep, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void lookOrKeep() {
    try {
      look();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      LOG.debug("the end offsets of the inputs are unknown", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void look() throws ExecutionException, TimeoutException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (TopicDescription topic :
        admin
            .describeTopics(InputTopics.READ)
            .allTopicNames()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .values()) {
      topic
          .partitions()
          .forEach(
              partition ->
                  latest.put(
                      new TopicPartition(topic.name(), partition.partition()),
                      OffsetSpec.latest()));
    }
    // The ends first: what is appended in between then counts as readable.
    Map<TopicPartition, Long> ends = offsets(latest, IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, Long> stable = offsets(latest, IsolationLevel.READ_COMMITTED);
    blocked.seen(stable, ends, nanoTime.getAsLong());
  }

  private Map<TopicPartition, Long> offsets(
      Map<TopicPartition, OffsetSpec> latest, IsolationLevel isolation)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> offset :
        admin
            .listOffsets(latest, new ListOffsetsOptions(isolation))
            .all()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .entrySet()) {
      offsets.put(offset.getKey(), offset.getValue().offset());
    }
    return offsets;
  }

  @Override
  public void close() {
    executor.shutdownNow();
    admin.close(Duration.ofSeconds(1));
  }
}
