package io.doundo.orchestrator.app;

import io.doundo.orchestrator.query.tail.TopicFacts;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Asks with a client of its own, for each question anew: it is asked when the service starts. */
final class AdminTopicFacts implements TopicFacts {

  private static final int TIMEOUT_MS = 5_000;

  private final DoundoProperties.Kafka kafka;

  AdminTopicFacts(DoundoProperties.Kafka kafka) {
    this.kafka = kafka;
  }

  @Override
  public Map<String, String> ids(Collection<String> topics) {
    Map<String, String> ids = new HashMap<>();
    ask(admin -> admin.describeTopics(topics).allTopicNames())
        .forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
    return ids;
  }

  @Override
  public long deleteRetentionMs(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config = ask(admin -> admin.describeConfigs(List.of(resource)).all()).get(resource);
    ConfigEntry entry = config == null ? null : config.get(TopicConfig.DELETE_RETENTION_MS_CONFIG);
    if (entry == null || entry.value() == null) {
      throw new KafkaException(topic + " has no " + TopicConfig.DELETE_RETENTION_MS_CONFIG);
    }
    return Long.parseLong(entry.value());
  }

  private <T> T ask(Function<Admin, KafkaFuture<T>> question) {
    Map<String, Object> config = new HashMap<>(kafka.properties());
    config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    config.put(AdminClientConfig.CLIENT_ID_CONFIG, "doundo-topic-facts");
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    try (Admin admin = Admin.create(config)) {
      return question.apply(admin).get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaException("no answer within " + TIMEOUT_MS + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }
}
