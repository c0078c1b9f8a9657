package io.doundo.orchestrator.registration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicProvisionerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TestBroker shared;

  private Broker broker;

  @BeforeAll
  static void startBroker() {
    shared = new TestBroker();
  }

  @AfterAll
  static void stopBroker() {
    shared.close();
  }

  @BeforeEach
  void openBroker() throws Exception {
    broker = Broker.emptied(shared);
  }

  @AfterEach
  void closeBroker() {
    broker.close();
  }

  @Test
  void allTopicsAreCreatedAsTheyMustBeAndAgainIsNoError() throws Exception {
    TopicProvisioner provisioner = new TopicProvisioner(broker.admin, broker.settings(3));
    provisioner.provision();
    provisioner.provision();

    for (String topic :
        List.of(
            Topics.EXECUTION_START,
            Topics.RESPONSE,
            Topics.CONTROL,
            Topics.REKEY,
            Topics.ARCHIVE,
            Topics.FLOW_EVENTS,
            Topics.SHARED_EVENT,
            Topics.DEAD_LETTER)) {
      assertThat(partitions(topic)).as(topic).isEqualTo(3);
    }
    for (String topic :
        List.of(Topics.REGISTRATION, Topics.REGISTRATION_STATUS, Topics.DEFINITIONS)) {
      assertThat(partitions(topic)).as(topic).isEqualTo(1);
    }
    for (String topic :
        List.of(
            Topics.REGISTRATION,
            Topics.EXECUTION_START,
            Topics.RESPONSE,
            Topics.CONTROL,
            Topics.DEFINITIONS)) {
      assertThat(config(topic, "message.timestamp.type")).as(topic).isEqualTo("LogAppendTime");
    }
    assertThat(config(Topics.FLOW_EVENTS, "message.timestamp.type")).isEqualTo("CreateTime");
    assertThat(config(Topics.DEFINITIONS, "cleanup.policy")).isEqualTo("compact");
  }

  @Test
  void anotherPartitionCountStopsTheStartWithTheReason() throws Exception {
    create(Topics.RESPONSE, 1);
    create(Topics.REGISTRATION, 4);

    assertThatThrownBy(() -> new TopicProvisioner(broker.admin, broker.settings(3)).provision())
        .isInstanceOf(ProvisioningException.class)
        .hasMessageContaining("topic orchestrator.response.result has 1 partitions but must have 3")
        .hasMessageContaining("topic orchestrator.registration has 4 partitions but must have 1")
        .hasMessageContaining("must never change");
  }

  @Test
  void aTopicThatAClientCreatedIsPutRight() throws Exception {
    create(Topics.REGISTRATION, 1);
    create(Topics.DEFINITIONS, 1);

    new TopicProvisioner(broker.admin, broker.settings(3)).provision();

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(config(Topics.REGISTRATION, "message.timestamp.type"))
                  .isEqualTo("LogAppendTime");
              assertThat(config(Topics.DEFINITIONS, "cleanup.policy")).isEqualTo("compact");
            });
  }

  @Test
  void aDeletedTopicIsMadeAgainWhenTheOrchestratorOnlyWritesToIt() throws Exception {
    TopicProvisioner provisioner = new TopicProvisioner(broker.admin, broker.settings(3));
    provisioner.provision();
    Set<String> outputs = Set.of(Topics.FLOW_EVENTS, Topics.BREAKERS);
    Set<String> all = Set.of(Topics.FLOW_EVENTS, Topics.BREAKERS, Topics.EXECUTION_START);
    await().atMost(PATIENCE).until(() -> names().containsAll(all));
    broker.admin.deleteTopics(all).all().get();
    await().atMost(PATIENCE).until(() -> Collections.disjoint(names(), all));
    provisioner.remakeOutputs(names());
    await().atMost(PATIENCE).until(() -> names().containsAll(outputs));
    assertThat(names()).doesNotContain(Topics.EXECUTION_START);
  }

  private Set<String> names() throws Exception {
    return broker.admin.listTopics().names().get();
  }

  @Test
  void anArchiveKeepsEndedFlowsForAsLongAsIsPromised() throws Exception {
    create(
        Topics.ARCHIVE,
        3,
        Map.of("retention.ms", "1000", "message.timestamp.type", "LogAppendTime"));
    new TopicProvisioner(broker.admin, broker.settings(3)).provision();
    String promised = String.valueOf(Duration.ofDays(8).toMillis());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(config(Topics.ARCHIVE, "message.timestamp.type")).isEqualTo("CreateTime");
              assertThat(config(Topics.ARCHIVE, "retention.ms")).isEqualTo(promised);
            });
  }

  @Test
  void anArchiveMayKeepThemForLonger() throws Exception {
    create(Topics.ARCHIVE, 3, Map.of("retention.ms", "-1"));
    new TopicProvisioner(broker.admin, broker.settings(3)).provision();
    assertThat(config(Topics.ARCHIVE, "retention.ms")).isEqualTo("-1");
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNamed() {
    RegistrationSettings nowhere =
        new RegistrationSettings(
            "doundo",
            "localhost:1",
            Map.of("request.timeout.ms", "200"),
            3,
            3,
            -1,
            1_000_000,
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofMillis(100),
            Duration.ofMinutes(5),
            RegistrationSettings.PartitionLimits.STANDARD);
    Map<String, Object> client = nowhere.client("test");
    client.put("request.timeout.ms", 200);
    client.put("default.api.timeout.ms", 300);
    try (Admin admin = Admin.create(client)) {
      assertThatThrownBy(() -> new TopicProvisioner(admin, nowhere).provision())
          .isInstanceOf(ProvisioningException.class)
          .hasMessageContaining("no Kafka broker answered at localhost:1");
    }
  }

  private void create(String topic, int partitions) throws Exception {
    create(topic, partitions, Map.of());
  }

  private void create(String topic, int partitions, Map<String, String> configs) throws Exception {
    broker
        .admin
        .createTopics(
            List.of(
                new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(configs)))
        .all()
        .get();
  }

  private int partitions(String topic) throws Exception {
    return requireNonNull(
            broker.admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic))
        .partitions()
        .size();
  }

  private String config(String topic, String name) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return requireNonNull(broker.admin.describeConfigs(List.of(resource)).all().get().get(resource))
        .get(name)
        .value();
  }
}
