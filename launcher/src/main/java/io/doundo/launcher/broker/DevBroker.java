package io.doundo.launcher.broker;

import io.doundo.launcher.process.ParentWatch;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka broker in this JVM: {@code PORT DIRECTORY}, or, as one of a cluster, {@code PORT
 * DIRECTORY NODE-ID CLUSTER-ID CONTROLLER-PORT…}. The directory is formatted when it is new; what
 * is in it survives restarts and {@code kill -9}. Prints {@link #READY} once clients are served,
 * and ends with its parent.
 */
public final class DevBroker {

  /** The line on standard output that says that clients are served. */
  public static final String READY = "doundo broker ready";

  /** When the parent is gone, the broker's clients stop too, and do so faster while it is there. */
  private static final Duration PAUSE_FOR_CLIENTS = Duration.ofSeconds(4);

  private DevBroker() {}

  public static void main(String[] arguments) throws Exception {
    ParentWatch.start(PAUSE_FOR_CLIENTS);
    int port = Integer.parseInt(arguments[0]);
    Path directory = Path.of(arguments[1]).toAbsolutePath();
    boolean clustered = arguments.length > 2;
    BrokerSettings settings =
        clustered
            ? new BrokerSettings(
                Integer.parseInt(arguments[2]),
                port,
                Arrays.stream(arguments).skip(4).map(Integer::valueOf).toList(),
                directory)
            : BrokerSettings.alone(port, freePort(), directory);
    formatOnce(settings, clustered ? arguments[3] : Uuid.randomUuid().toString());

    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(settings.toMap(), false), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "stop-broker"));
    server.startup();
    System.out.println(READY);
    server.awaitShutdown();
  }

  private static void formatOnce(BrokerSettings settings, String clusterId) throws Exception {
    Path directory = settings.directory();
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(directory);
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(settings.nodeId())
        .setClusterId(clusterId)
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
        .setMetadataLogDirectory(directory.toString())
        .addDirectory(directory.toString())
        .run();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
