package io.doundo.launcher.broker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The settings of a development broker: one node as broker and controller, on the loopback
 * interface, with little memory and a fast restart after {@code kill -9}; alone, or one of three.
 *
 * @param nodeId from 1
 * @param port of the client listener
 * @param controllerPorts of all nodes' controller listeners, in the order of their ids
 * @param directory where everything is kept
 */
record BrokerSettings(int nodeId, int port, List<Integer> controllerPorts, Path directory) {

  static final String CONTROLLER_LISTENER = "CONTROLLER";

  BrokerSettings {
    controllerPorts = List.copyOf(controllerPorts);
  }

  /** A broker that is the only one. */
  static BrokerSettings alone(int port, int controllerPort, Path directory) {
    return new BrokerSettings(1, port, List.of(controllerPort), directory);
  }

  /** The settings in Kafka's own names. */
  Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>();
    map.put("process.roles", "broker,controller");
    map.put("node.id", Integer.toString(nodeId));
    map.put("controller.quorum.voters", voters());
    map.put("controller.listener.names", CONTROLLER_LISTENER);
    map.put(
        "listeners",
        "CLIENT://localhost:%d,CONTROLLER://localhost:%d"
            .formatted(port, controllerPorts.get(nodeId - 1)));
    map.put("advertised.listeners", "CLIENT://localhost:" + port);
    map.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    map.put("inter.broker.listener.name", "CLIENT");
    map.put("log.dirs", directory.toString());

    // A missing topic is an error to be seen, not a topic with the wrong settings.
    map.put("auto.create.topics.enable", "false");

    putReplication(map);

    // So few nodes need no spread; each partition costs files and start time.
    map.put("offsets.topic.num.partitions", "4");
    map.put("transaction.state.log.num.partitions", "4");
    // At its start it opens every partition and at its stop it writes each to the disk: most of
    // that
    // is waiting, so that many at once take little longer than one.
    map.put("num.recovery.threads.per.data.dir", "16");
    // An installation may stand still for months: where the orchestrator stopped reading is kept,
    // because without its offsets it refuses to start.
    map.put("offsets.retention.minutes", String.valueOf(Duration.ofDays(3650).toMinutes()));
    map.put("share.coordinator.state.topic.num.partitions", "4");

    map.put("group.initial.rebalance.delay.ms", "0");
    // The first records of a transaction wait while the broker ends the one before, which takes a
    // few milliseconds. It looks again after this time, and by default after 20.
    map.put("add.partitions.to.txn.retry.backoff.ms", "1");
    map.put("log.cleaner.dedupe.buffer.size", "2097152");

    // Until its earlier session has ended, a restarted broker is not let in.
    map.put("broker.session.timeout.ms", isAlone() ? "2000" : "6000");
    map.put("broker.heartbeat.interval.ms", isAlone() ? "500" : "1000");
    map.put("controlled.shutdown.enable", Boolean.toString(!isAlone()));
    return map;
  }

  /** Of three nodes one may be away. */
  private void putReplication(Map<String, String> map) {
    String replicas = Integer.toString(controllerPorts.size());
    String inSync = isAlone() ? "1" : "2";
    map.put("default.replication.factor", replicas);
    map.put("min.insync.replicas", inSync);
    map.put("offsets.topic.replication.factor", replicas);
    map.put("transaction.state.log.replication.factor", replicas);
    map.put("transaction.state.log.min.isr", inSync);
    map.put("share.coordinator.state.topic.replication.factor", replicas);
    map.put("share.coordinator.state.topic.min.isr", inSync);
  }

  private boolean isAlone() {
    return controllerPorts.size() == 1;
  }

  private String voters() {
    return IntStream.range(0, controllerPorts.size())
        .mapToObj(i -> "%d@localhost:%d".formatted(i + 1, controllerPorts.get(i)))
        .collect(Collectors.joining(","));
  }
}
