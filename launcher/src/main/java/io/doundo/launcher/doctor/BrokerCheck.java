package io.doundo.launcher.doctor;

import io.doundo.launcher.doctor.TopicChecks.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Asks a broker for its topics. */
public final class BrokerCheck {

  private static final int PATIENCE_MILLIS = 8_000;

  private BrokerCheck() {}

  /** The findings about the broker and its topics. */
  public static List<Finding> of(String bootstrap, Map<String, String> settings)
      throws InterruptedException {
    Map<String, Object> config = new HashMap<>(settings);
    config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 2);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    List<Finding> findings = new ArrayList<>();
    try (Admin admin = Admin.create(config)) {
      int brokers =
          admin.describeCluster().nodes().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).size();
      findings.add(
          Finding.good("Broker", "%s answers, %d in the cluster".formatted(bootstrap, brokers)));
      findings.addAll(TopicChecks.of(topics(admin)));
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      findings.add(
          Finding.wrong(
              "Broker",
              "%s does not answer: %s".formatted(bootstrap, cause),
              "start it, or name it with --bootstrap-server; TLS and SASL settings go into"
                  + " --command-config FILE"));
    } catch (org.apache.kafka.common.KafkaException e) {
      findings.add(
          Finding.wrong(
              "Broker",
              "%s cannot be used: %s".formatted(bootstrap, e.getMessage()),
              "check --bootstrap-server and --command-config"));
    }
    return findings;
  }

  private static Map<String, Topic> topics(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    Set<String> names = admin.listTopics().names().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    List<String> ours = names.stream().filter(name -> name.startsWith("orchestrator.")).toList();
    Map<String, TopicDescription> described =
        admin.describeTopics(ours).allTopicNames().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    Map<ConfigResource, Config> configs =
        admin
            .describeConfigs(
                ours.stream()
                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                    .toList())
            .all()
            .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    Map<String, Topic> topics = new HashMap<>();
    described.forEach(
        (name, topic) -> {
          Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, name));
          ConfigEntry cleanup =
              config == null ? null : config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
          topics.put(
              name, new Topic(topic.partitions().size(), cleanup == null ? "" : cleanup.value()));
        });
    return topics;
  }
}
