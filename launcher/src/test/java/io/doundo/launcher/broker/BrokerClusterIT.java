package io.doundo.launcher.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.JvmOptions;
import io.doundo.launcher.process.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers as one cluster. */
@Timeout(120)
class BrokerClusterIT {

  private static final int NODES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final List<ChildJvm> brokers = new ArrayList<>();

  @AfterEach
  void killBrokers() throws InterruptedException {
    for (ChildJvm broker : brokers) {
      broker.kill();
    }
  }

  @Test
  void threeBrokersKeepEveryRecordThriceAndServeWithoutOneOfThem() throws Exception {
    List<Integer> ports = Ports.free(2 * NODES);
    CountDownLatch ready = new CountDownLatch(NODES);
    String cluster = Uuid.randomUuid().toString();
    for (int node = 1; node <= NODES; node++) {
      brokers.add(start(node, cluster, ports, ready));
    }
    assertThat(ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    Map<String, Object> clients =
        Map.of(
            "bootstrap.servers",
            "localhost:%d,localhost:%d,localhost:%d"
                .formatted(ports.get(0), ports.get(1), ports.get(2)));

    try (Admin admin = Admin.create(clients);
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(clients, new StringSerializer(), new StringSerializer())) {
      await().atMost(PATIENCE).until(() -> admin.describeCluster().nodes().get().size() == NODES);
      admin.createTopics(List.of(new NewTopic("t", Optional.of(6), Optional.empty()))).all().get();
      // A new topic is not known to every broker at once.
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
          .untilAsserted(
              () ->
                  assertThat(admin.describeTopics(List.of("t")).allTopicNames().get().values())
                      .flatExtracting(TopicDescription::partitions)
                      .hasSize(6)
                      .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(NODES)));

      brokers.get(0).kill();

      for (int partition = 0; partition < 6; partition++) {
        assertThat(producer.send(new ProducerRecord<>("t", partition, "k", "v")).get().hasOffset())
            .isTrue();
      }
    }
  }

  private ChildJvm start(int node, String cluster, List<Integer> ports, CountDownLatch ready)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(ports.get(node - 1).toString());
    arguments.add(directory.resolve("kafka-" + node).toString());
    arguments.add(Integer.toString(node));
    arguments.add(cluster);
    ports.subList(NODES, 2 * NODES).forEach(port -> arguments.add(port.toString()));
    return ChildJvm.start(
        "broker-" + node,
        JvmOptions.ofBroker("256m"),
        ClassPath.current(),
        DevBroker.class,
        arguments,
        directory.resolve("broker-" + node + ".log"),
        line -> {
          if (line.equals(DevBroker.READY)) {
            ready.countDown();
          }
        });
  }
}
