package io.doundo.bench.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/** The size of the orchestrator's stores, in bytes per store. Stateless. */
public final class StateBytes {

  /** The stores of live flows; the others hold what has ended. */
  private static final List<String> LIVE = List.of("flows", "contents", "timers");

  private static final String PREFIX = "doundo-";
  private static final String SUFFIX = "-changelog";
  private static final String KEY_VALUE_STORES = "rocksdb";

  private StateBytes() {}

  /**
   * On the disks of orchestrators that do not run, so that nothing is left in memory only. Stores
   * that are in memory have none.
   */
  public static Map<String, Long> local(List<Path> stateDirectories) throws IOException {
    Map<String, Long> bytes = new TreeMap<>();
    LIVE.forEach(store -> bytes.put(store, 0L));
    for (Path directory : stateDirectories) {
      if (Files.exists(directory)) {
        try (Stream<Path> files = Files.walk(directory)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            String store = store(directory.relativize(file));
            if (LIVE.contains(store)) {
              bytes.merge(store, Files.size(file), Long::sum);
            }
          }
        }
      }
    }
    return bytes;
  }

  /** {@code APPLICATION/TASK/rocksdb/STORE/FILE}. */
  private static String store(Path file) {
    return file.getNameCount() > 4 && file.getName(2).toString().equals(KEY_VALUE_STORES)
        ? file.getName(3).toString()
        : "";
  }

  /** In the changelog topics, one replica of each. */
  public static Map<String, Long> changelog(String bootstrapServers)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, Long> sizes = new HashMap<>();
    try (Admin admin = BenchClients.admin(bootstrapServers)) {
      List<Integer> brokers = admin.describeCluster().nodes().get().stream().map(Node::id).toList();
      for (Map<String, LogDirDescription> directories :
          admin.describeLogDirs(brokers).allDescriptions().get().values()) {
        for (LogDirDescription directory : directories.values()) {
          for (Map.Entry<TopicPartition, ReplicaInfo> replica :
              directory.replicaInfos().entrySet()) {
            sizes.merge(replica.getKey(), replica.getValue().size(), Math::max);
          }
        }
      }
    }
    Map<String, Long> bytes = new TreeMap<>();
    LIVE.forEach(store -> bytes.put(store, 0L));
    sizes.forEach(
        (partition, size) -> {
          String topic = partition.topic();
          if (topic.startsWith(PREFIX) && topic.endsWith(SUFFIX)) {
            String store = topic.substring(PREFIX.length(), topic.length() - SUFFIX.length());
            if (LIVE.contains(store)) {
              bytes.merge(store, size, Long::sum);
            }
          }
        });
    return bytes;
  }
}
