package io.doundo.orchestrator.testing;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import kafka.server.BrokerServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** A real broker inside the test's JVM, on free ports, without topics; deleted when closed. */
public final class TestBroker implements AutoCloseable {

  private final KafkaClusterTestKit cluster;
  private final Admin admin;

  /** Starts the broker, and waits until it is ready. */
  public TestBroker() {
    this(Map.of());
  }

  /** Starts the broker with further settings. */
  public TestBroker(Map<String, String> settings) {
    try {
      KafkaClusterTestKit.Builder builder =
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
              .setConfigProp("transaction.state.log.min.isr", "1")
              .setConfigProp("transaction.state.log.num.partitions", "4")
              .setConfigProp("transaction.state.log.replication.factor", "1");
      settings.forEach(builder::setConfigProp);
      cluster = builder.build();
      cluster.format();
      cluster.startup();
      cluster.waitForReadyBrokers();
    } catch (Exception e) {
      throw new IllegalStateException("the broker did not start", e);
    }
    admin = cluster.admin();
  }

  public String bootstrap() {
    return cluster.bootstrapServers();
  }

  public Admin admin() {
    return admin;
  }

  /** Stops the broker. What it stored is there again once it has been started again. */
  public void stop() {
    cluster
        .brokers()
        .values()
        .forEach(
            broker -> {
              broker.shutdown();
              broker.awaitShutdown();
            });
  }

  /** Starts the broker again on the same port, and waits until it is ready. */
  public void startAgain() {
    cluster.brokers().values().forEach(BrokerServer::startup);
    try {
      cluster.waitForReadyBrokers();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("the broker did not start again", e);
    }
  }

  public void create(NewTopic... topics) {
    try {
      admin.createTopics(List.of(topics)).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("topics were not created", e);
    }
  }

  public void delete(Collection<String> topics) {
    try {
      admin.deleteTopics(topics).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("topics were not deleted", e);
    }
  }

  @Override
  public void close() {
    admin.close();
    try {
      cluster.close();
    } catch (Exception e) {
      throw new IllegalStateException("the broker did not stop", e);
    }
  }
}
