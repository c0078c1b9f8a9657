package io.doundo.worker.broker;

import io.doundo.protocol.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.jspecify.annotations.Nullable;

/**
 * A real broker inside the JVM of the tests, on free ports, with the orchestrator's topics, one
 * partition each. All tests share it; {@link BrokerEnd} stops it after the last of them.
 */
public final class TestBroker {

  private static @Nullable TestBroker shared;

  private final KafkaClusterTestKit cluster;

  private TestBroker() {
    try {
      cluster =
          new KafkaClusterTestKit.Builder(
                  new TestKitNodes.Builder()
                      .setCombined(true)
                      .setNumBrokerNodes(1)
                      .setNumControllerNodes(1)
                      .build())
              .setConfigProp("auto.create.topics.enable", "false")
              .setConfigProp("default.replication.factor", "1")
              .setConfigProp("group.initial.rebalance.delay.ms", "0")
              .setConfigProp("log.cleaner.dedupe.buffer.size", "2097152")
              .setConfigProp("offsets.topic.num.partitions", "1")
              .setConfigProp("offsets.topic.replication.factor", "1")
              .build();
      cluster.format();
      cluster.startup();
      cluster.waitForReadyBrokers();
    } catch (Exception e) {
      throw new IllegalStateException("the broker did not start", e);
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      admin
          .createTopics(
              List.of(
                      Topics.CONTROL,
                      Topics.DEAD_LETTER,
                      Topics.EXECUTION_START,
                      Topics.FLOW_EVENTS,
                      Topics.REGISTRATION,
                      Topics.REGISTRATION_STATUS,
                      Topics.RESPONSE)
                  .stream()
                  .map(topic -> new NewTopic(topic, 1, (short) 1))
                  .toList())
          .all()
          .get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("topics were not created", e);
    }
  }

  /** The bootstrap servers for clients. */
  public static synchronized String address() {
    if (shared == null) {
      shared = new TestBroker();
    }
    return shared.cluster.bootstrapServers();
  }

  /** Stops the broker, if a test has started it; the next test that asks for it gets a new one. */
  static synchronized void stop() {
    if (shared != null) {
      shared.close();
      shared = null;
    }
  }

  private void close() {
    try {
      cluster.close();
    } catch (Exception e) {
      throw new IllegalStateException("the broker did not stop", e);
    }
  }
}
