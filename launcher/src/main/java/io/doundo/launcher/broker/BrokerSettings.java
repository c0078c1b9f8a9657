package io.doundo.launcher.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the development broker is told: one node that is broker and controller, on the loopback
 * interface, small in memory and quick to come back after {@code kill -9}.
 *
 * @param port of the client listener
 * @param controllerPort of the controller listener, which only the broker itself uses
 * @param directory where everything is kept
 */
record BrokerSettings(int port, int controllerPort, Path directory) {

  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  /** The settings in Kafka's own names. */
  Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>();
    map.put("process.roles", "broker,controller");
    map.put("node.id", Integer.toString(NODE_ID));
    map.put("controller.quorum.voters", NODE_ID + "@localhost:" + controllerPort);
    map.put("controller.listener.names", CONTROLLER_LISTENER);
    map.put(
        "listeners", "CLIENT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
    map.put("advertised.listeners", "CLIENT://localhost:" + port);
    map.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    map.put("inter.broker.listener.name", "CLIENT");
    map.put("log.dirs", directory.toString());

    // A missing topic is an error to be seen, not a topic with the wrong settings.
    map.put("auto.create.topics.enable", "false");

    map.put("default.replication.factor", "1");
    map.put("offsets.topic.replication.factor", "1");
    map.put("transaction.state.log.replication.factor", "1");
    map.put("transaction.state.log.min.isr", "1");
    map.put("share.coordinator.state.topic.replication.factor", "1");
    map.put("share.coordinator.state.topic.min.isr", "1");

    // One node needs no spread; each partition costs files and start time.
    map.put("offsets.topic.num.partitions", "4");
    map.put("transaction.state.log.num.partitions", "4");
    map.put("share.coordinator.state.topic.num.partitions", "4");

    map.put("group.initial.rebalance.delay.ms", "0");
    map.put("log.cleaner.dedupe.buffer.size", "2097152");

    // Until its earlier session has ended, a restarted broker is not let in.
    map.put("broker.session.timeout.ms", "2000");
    map.put("broker.heartbeat.interval.ms", "500");
    map.put("controlled.shutdown.enable", "false");
    return map;
  }
}
