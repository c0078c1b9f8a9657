package io.doundo.launcher.demo;

import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/**
 * A worker process of the demo's own, beside those that run: it can be killed without harm to
 * anybody else's flows, because only a flow whose commands it is known to get is started then.
 */
final class KillableWorker {

  private static final long ASSIGNED_SECONDS = 30;
  private static final long POLL_MILLIS = 100;
  private static final int MOST_IDS = 10_000;

  private final String name;
  private final Child process;
  private final InstallationProbe probe;

  private KillableWorker(String name, Child process, InstallationProbe probe) {
    this.name = name;
    this.process = process;
    this.probe = probe;
  }

  /** Starts it. */
  static KillableWorker start(DemoEnvironment environment, String run)
      throws DemoFailure, IOException, InterruptedException {
    Child process =
        environment.startWorkers(
            "Extra worker",
            "demo-victim",
            run,
            "--doundo.worker.kafka.client.id=" + run,
            // How long others leave alone what it had begun.
            "--doundo.worker.lease=3s");
    return new KillableWorker(run, process, environment.probe());
  }

  /** Its name in the ledger. */
  String instance() {
    return name;
  }

  long pid() {
    return process.handle().pid();
  }

  void kill() throws InterruptedException {
    process.kill();
  }

  /** A flowId with this beginning whose commands on the topic are for this process. */
  String flowIdFor(String topic, String beginning) throws DemoFailure, InterruptedException {
    Set<TopicPartition> own = partitionsOf(topic);
    int partitions = probe.partitions(topic);
    for (int i = 1; i <= MOST_IDS && partitions > 0; i++) {
      String flowId = beginning + "-" + i;
      int partition =
          Utils.toPositive(Utils.murmur2(flowId.getBytes(StandardCharsets.UTF_8))) % partitions;
      if (own.contains(new TopicPartition(topic, partition))) {
        return flowId;
      }
    }
    throw new DemoFailure("No flowId maps to one of the partitions " + own + '.');
  }

  private Set<TopicPartition> partitionsOf(String topic) throws DemoFailure, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ASSIGNED_SECONDS);
    while (System.nanoTime() < end) {
      Set<TopicPartition> own =
          probe.workers().entrySet().stream()
              .filter(worker -> worker.getKey().startsWith(name))
              .flatMap(worker -> worker.getValue().stream())
              .filter(partition -> partition.topic().equals(topic))
              .collect(Collectors.toSet());
      if (!own.isEmpty() && probe.unserved(Set.of(topic)).isEmpty()) {
        return own;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw new DemoFailure("The extra worker was assigned no partition of " + topic);
  }
}
