package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.registration.FixedTopics.Spec;
import io.doundo.protocol.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates topics: the orchestrator's own at start, a step's before its definition becomes active.
 * Creating what exists is no error, so every call can be repeated. Thread-safe.
 */
public final class TopicProvisioner {

  private static final Logger LOG = LoggerFactory.getLogger(TopicProvisioner.class);
  private static final long RETRY_MS = 500;
  private static final int TRIES_UNTIL_VISIBLE = 100;
  private static final int TOPICS_A_REQUEST = 50;

  private final Admin admin;
  private final RegistrationSettings settings;

  public TopicProvisioner(Admin admin, RegistrationSettings settings) {
    this.admin = admin;
    this.settings = settings;
  }

  /**
   * Creates the orchestrator's own topics and checks those that exist. Waits for a broker that does
   * not answer yet.
   *
   * @throws ProvisioningException when a topic has another partition count than it must have, or no
   *     broker answers in time
   */
  public void provision() {
    long giveUpAt = System.nanoTime() + settings.patience().toNanos();
    while (true) {
      try {
        List<Spec> specs = FixedTopics.of(settings);
        List<String> existing = create(specs.stream().map(this::topic).toList());
        LOG.debug("existing topics: {}", existing);
        check(specs);
        return;
      } catch (RetriableException e) {
        if (System.nanoTime() > giveUpAt) {
          throw new ProvisioningException(
              "no Kafka broker answered at %s within %d s: %s"
                  .formatted(
                      settings.bootstrapServers(), settings.patience().toSeconds(), e.getMessage()),
              e);
        }
        LOG.warn(
            "Kafka at {} does not answer yet: {}", settings.bootstrapServers(), e.getMessage());
        pause(RETRY_MS);
      } catch (KafkaException | TopicsRefusedException e) {
        throw new ProvisioningException(
            "the orchestrator's topics cannot be created or checked: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Creates the topics of an orchestration's steps and returns when the broker knows them. A topic
   * that exists is left as it is.
   *
   * @return what is wrong with those that existed
   * @throws TopicsRefusedException when the broker will never create one of them
   */
  List<String> provision(Orchestration definition) {
    List<NewTopic> topics = stepTopics(definition).stream().map(this::stepTopic).toList();
    List<String> existing = new ArrayList<>();
    // A request for very many topics would not be answered in time, and begin anew at each retry.
    for (int begin = 0; begin < topics.size(); begin += TOPICS_A_REQUEST) {
      existing.addAll(
          create(topics.subList(begin, Math.min(topics.size(), begin + TOPICS_A_REQUEST))));
    }
    return existing.isEmpty() ? List.of() : compacted(existing);
  }

  /**
   * A compacted topic keeps only the newest command of each flow, even if the others are unread.
   */
  private List<String> compacted(List<String> topics) {
    List<ConfigResource> resources =
        topics.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    List<String> warnings = new ArrayList<>();
    Map<ConfigResource, Config> configs;
    try {
      configs = await(admin.describeConfigs(resources).all());
    } catch (KafkaException e) {
      // The right to see a topic's settings is not needed to register; only the warning is.
      return List.of("cannot check whether existing step topics are compacted: " + e.getMessage());
    }
    configs.forEach(
        (resource, config) -> {
          ConfigEntry policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
          if (policy != null && policy.value().contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            warnings.add(
                "the existing topic %s has cleanup.policy=%s, which can delete a command before its worker reads it: set cleanup.policy=delete"
                    .formatted(resource.name(), policy.value()));
          }
        });
    return warnings.stream().sorted().toList();
  }

  /** The topics an orchestration needs, in the order of its steps. */
  static List<String> stepTopics(Orchestration definition) {
    List<String> topics = new ArrayList<>();
    for (Step step : definition.allSteps()) {
      if (step.hasTopics()) {
        topics.add(Topics.doTopic(definition.name(), step.name()));
        if (step.undoable()) {
          topics.add(Topics.undoTopic(definition.name(), step.name()));
        }
      }
    }
    return topics;
  }

  /**
   * Recreates deleted topics that the orchestrator only writes to: it cannot continue without them,
   * and flows need none of their records.
   *
   * @param existing all topics
   */
  void remakeOutputs(Set<String> existing) {
    List<Spec> missing =
        FixedTopics.of(settings).stream()
            .filter(spec -> FixedTopics.ONLY_WRITTEN.contains(spec.name()))
            .filter(spec -> !existing.contains(spec.name()))
            .toList();
    if (!missing.isEmpty()) {
      LOG.error(
          "deleted topics are created again, without their records: {}",
          missing.stream().map(Spec::name).toList());
      create(missing.stream().map(this::topic).toList());
    }
  }

  private NewTopic topic(Spec spec) {
    return new NewTopic(spec.name(), Optional.of(spec.partitions()), replication())
        .configs(spec.configs());
  }

  private NewTopic stepTopic(String name) {
    String retention = String.valueOf(settings.commandRetention().toMillis());
    return new NewTopic(name, Optional.of(settings.stepPartitions()), replication())
        .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, retention));
  }

  private Optional<Short> replication() {
    return settings.replicationFactor() < 0
        ? Optional.empty()
        : Optional.of((short) settings.replicationFactor());
  }

  /** Creates topics and returns the names of those that existed. */
  private List<String> create(Collection<NewTopic> topics) {
    List<String> names = new ArrayList<>();
    List<String> existing = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    admin
        .createTopics(topics)
        .values()
        .forEach(
            (name, creation) -> {
              names.add(name);
              try {
                await(creation);
                LOG.info("created topic {}", name);
              } catch (TopicExistsException e) {
                existing.add(name);
              } catch (KafkaException e) {
                String reason = BrokerRefusal.ofTopic(e);
                if (reason == null) {
                  throw e;
                }
                refusals.add("the broker rejects the topic " + name + ": " + reason);
              }
            });
    if (!refusals.isEmpty()) {
      throw new TopicsRefusedException(refusals);
    }
    awaitVisible(names);
    return existing;
  }

  /** The controller answers before every broker knows the topic. */
  private void awaitVisible(List<String> names) {
    for (int tries = 1; ; tries++) {
      try {
        await(admin.describeTopics(names).allTopicNames());
        return;
      } catch (UnknownTopicOrPartitionException e) {
        if (tries == TRIES_UNTIL_VISIBLE) {
          throw e;
        }
        pause(RETRY_MS / 10);
      }
    }
  }

  private void check(List<Spec> specs) {
    Set<String> names = specs.stream().map(Spec::name).collect(Collectors.toSet());
    Map<String, TopicDescription> descriptions = await(admin.describeTopics(names).allTopicNames());
    Map<String, Integer> actual = new HashMap<>();
    descriptions.forEach((name, topic) -> actual.put(name, topic.partitions().size()));
    String wrong = PartitionCounts.explain(specs, actual);
    if (wrong != null) {
      throw new ProvisioningException(wrong);
    }
    putRight(specs);
  }

  /** A topic that a client created by writing to it lacks what the orchestrator relies on. */
  private void putRight(List<Spec> specs) {
    Map<ConfigResource, Spec> resources = new LinkedHashMap<>();
    for (Spec spec : specs) {
      if (!spec.required().isEmpty()) {
        resources.put(new ConfigResource(ConfigResource.Type.TOPIC, spec.name()), spec);
      }
    }
    Map<ConfigResource, Config> actual = await(admin.describeConfigs(resources.keySet()).all());
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    resources.forEach(
        (resource, spec) ->
            spec.required()
                .forEach(
                    (name, value) -> {
                      Config config = actual.get(resource);
                      ConfigEntry entry = config == null ? null : config.get(name);
                      if (entry == null || !Spec.satisfies(name, entry.value(), value)) {
                        LOG.warn("setting {} of topic {} to {}", name, spec.name(), value);
                        changes
                            .computeIfAbsent(resource, unused -> new ArrayList<>())
                            .add(
                                new AlterConfigOp(
                                    new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
                      }
                    }));
    if (!changes.isEmpty()) {
      await(admin.incrementalAlterConfigs(changes).all());
    }
  }

  /** Waits, and throws what the broker said rather than a wrapper of it. */
  static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
