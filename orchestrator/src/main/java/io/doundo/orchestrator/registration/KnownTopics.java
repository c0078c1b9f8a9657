package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.streams.TopicCatalog;
import io.doundo.protocol.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that exist, listed every second in its own thread. While the broker does not answer
 * the last list stands. Topics created by this instance are known at once. Thread-safe.
 */
public final class KnownTopics implements TopicCatalog, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KnownTopics.class);
  private static final long REFRESH_MS = 1_000;

  /** A list may have been taken before a topic was created, so a creation outlives some lists. */
  private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Admin admin;
  private final Consumer<Set<String>> listedTopics;
  private final Map<String, Long> created = new ConcurrentHashMap<>();
  private final ScheduledExecutorService refresher;
  private volatile Set<String> listed = Set.of();
  private volatile MetricNames metricNames = new MetricNames(listed, Map.of());

  /** The topics of one list by their names in Kafka's metrics. */
  private record MetricNames(Set<String> of, Map<String, String> names) {}

  public KnownTopics(Admin admin) {
    this(admin, listed -> {});
  }

  /**
   * @param listedTopics is given every list but the first, in the thread that reads them
   */
  KnownTopics(Admin admin, Consumer<Set<String>> listedTopics) {
    this.admin = admin;
    this.listedTopics = listedTopics;
    this.refresher =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "doundo-known-topics");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Lists once, so that the first answer is right, and then every second. */
  public void start() {
    refresh();
    var unused =
        refresher.scheduleWithFixedDelay(
            this::refreshOrKeep, REFRESH_MS, REFRESH_MS, TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean exists(String topic) {
    return listed.contains(topic) || created.containsKey(topic);
  }

  /** Notes topics that this instance just created. */
  void add(Collection<String> topics) {
    long now = System.nanoTime();
    topics.forEach(topic -> created.put(topic, now));
  }

  /** An existing topic beside which this one cannot be created, because their metrics collide. */
  Optional<String> colliding(String topic) {
    String metricName = Topics.metricName(topic);
    String other = byMetricName().get(metricName);
    if (other != null && !other.equals(topic)) {
      return Optional.of(other);
    }
    return created.keySet().stream()
        .filter(name -> !name.equals(topic) && Topics.metricName(name).equals(metricName))
        .findFirst();
  }

  /** How many of the topics belong to a step. */
  int stepTopics() {
    return (int)
        Stream.concat(listed.stream(), created.keySet().stream())
            .distinct()
            .filter(Topics::isOfStep)
            .count();
  }

  /** Built once per list, not per checked topic. */
  private Map<String, String> byMetricName() {
    Set<String> current = listed;
    MetricNames known = metricNames;
    if (known.of() != current) {
      Map<String, String> names = new HashMap<>();
      current.forEach(name -> names.put(Topics.metricName(name), name));
      known = new MetricNames(current, names);
      metricNames = known;
    }
    return known.names();
  }

  void refresh() {
    long now = System.nanoTime();
    listed = Set.copyOf(TopicProvisioner.await(admin.listTopics().names()));
    created.values().removeIf(at -> now - at > REMEMBERED_NANOS);
  }

  /**
   * Whatever happens, the next list is read: an executor ends what it repeats with an exception.
   */
  void refreshOrKeep() {
    try {
      refresh();
      listedTopics.accept(listed);
    } catch (KafkaException e) {
      LOG.warn("cannot list the topics; keeping the previous list: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("cannot list the topics; keeping the previous list", e);
    }
  }

  @Override
  public void close() {
    refresher.shutdownNow();
  }
}
