package io.doundo.orchestrator.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Flows that are started and signalled from outside, as the examples say. */
abstract class TriggersOverRest extends ServiceScenarios {

  private static final Path EXAMPLES = Path.of("..", "registration-examples");

  private final TestBroker broker;

  TriggersOverRest(RunningService service) {
    super(service);
    broker = service.broker();
  }

  @Test
  void eventsStartAFlowAndSignalIt() throws Exception {
    broker.create(new NewTopic("crm.leads", Optional.of(2), Optional.empty()));
    registerExample("crm-lead-registration.yaml");
    awaitTopic("crm.leads");

    publish("crm.leads", "{\"type\":\"lead.created\",\"leadId\":\"16\"}");
    publish("crm.leads", "{\"type\":\"lead.qualified\",\"leadId\":\"17\"}");
    await().atMost(PATIENCE).until(() -> rest.get("/api/flows/lead-17").status() == 200);
    JsonNode flow = rest.get("/api/flows/lead-17?payload=true").json();
    assertThat(flow.path("initiator").asString("")).isEqualTo("event/leadFollowUp/qualified");
    assertThat(flow.path("payload").toString()).contains("\"owner\":\"sales\"");

    publish("crm.leads", "{\"type\":\"lead.qualified\",\"leadId\":\"17\"}");
    publish("crm.leads", "{\"type\":\"contract.signed\",\"leadId\":\"17\"}");
    await().atMost(PATIENCE).until(() -> status("lead-17").equals("COMPLETED"));
    assertThat(rest.get("/api/flows/lead-16").status()).isEqualTo(404);

    publish("crm.leads", "{\"type\":\"lead.qualified\"}");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/dead-letters")
                    .http()
                    .body()
                    .contains("trigger leadFollowUp/qualified: flowId"));
    assertThat(rest.get("/actuator/prometheus").http().body())
        .contains("doundo_trigger_events_total{outcome=\"signalled\"")
        .contains("doundo_trigger_lag");
  }

  private void registerExample(String file) throws IOException {
    Reply reply =
        rest.post(
            "/api/orchestrations",
            Files.readString(EXAMPLES.resolve(file), UTF_8),
            "Content-Type",
            YAML);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
  }

  private String status(String flowId) {
    return rest.get("/api/flows/" + flowId).json().path("status").asString("");
  }

  private void awaitTopic(String topic) {
    await()
        .atMost(PATIENCE)
        .until(() -> rest.get("/actuator/health").http().body().contains('"' + topic + '"'));
  }

  private void publish(String topic, String value) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, value.getBytes(UTF_8))).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
