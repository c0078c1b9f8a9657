package io.doundo.orchestrator.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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
    JsonNode flow = rest.get("/api/flows/lead-17").json();
    assertThat(flow.path("initiator").asString(""))
        .as(flow.toString())
        .isEqualTo("event/leadFollowUp/qualified");
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

  @Test
  void triggersAreListed() throws Exception {
    registerExample("webhook-registration.yaml");
    registerExample("nightly-registration.yaml");
    JsonNode hook =
        rest.get("/api/triggers?orchestration=partnerOrder").json().path("triggers").path(0);
    assertThat(hook.path("orchestration").asString("")).isEqualTo("partnerOrder");
    assertThat(hook.path("status").asString("")).isEqualTo("ACTIVE");
    assertThat(hook.path("kind").asString("")).isEqualTo("WEBHOOK");
    assertThat(hook.path("source").asString("")).isEqualTo("POST /api/hooks/partnerOrder/partner");
    assertThat(hook.path("verify").asString("")).isEqualTo("standard");
    assertThat(
            rest.get("/api/orchestrations/partnerOrder").json().at("/triggers/0/name").asString(""))
        .isEqualTo("partner");
    assertThat(rest.get("/api/triggers").json().path("triggers").valueStream())
        .extracting(trigger -> trigger.path("orchestration").asString(""))
        .contains("partnerOrder", "dailyClosing");
    assertThat(rest.get("/api/triggers?orchestration=nobody").json().path("triggers")).isEmpty();
  }

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String HOOK = "/api/hooks/partnerOrder/partner";

  /** A signed delivery; later by so many seconds. */
  private Reply deliver(String id, String body, long later) throws Exception {
    String time = Long.toString(System.currentTimeMillis() / 1000 + later);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            Base64.getDecoder().decode(SECRET.substring("whsec_".length())), "HmacSHA256"));
    String signature =
        Base64.getEncoder()
            .encodeToString(mac.doFinal((id + '.' + time + '.' + body).getBytes(UTF_8)));
    return rest.post(
        HOOK,
        body,
        "Content-Type",
        "application/json",
        "webhook-id",
        id,
        "webhook-timestamp",
        time,
        "webhook-signature",
        "v1," + signature);
  }

  @Test
  void aSignedWebhookStartsAFlowOnce() throws Exception {
    registerExample("webhook-registration.yaml");
    double unverified = requests("unverified");
    double repeated = requests("repeated");
    String body = "{\"type\":\"order.placed\",\"order\":{\"id\":\"7\",\"amount\":12}}";

    Reply first = deliver("msg_1", body, 0);
    assertThat(first.status()).as(first.http().body()).isEqualTo(202);
    String flowId = first.json().path("flowId").asString("");
    assertThat(flowId).isEqualTo("partnerOrder.partner.msg_1");
    await().atMost(PATIENCE).until(() -> rest.get("/api/flows/" + flowId).status() == 200);

    Reply again = deliver("msg_1", body, 1);
    assertThat(again.status()).as(again.http().body()).isEqualTo(200);
    assertThat(again.json().path("flowId").asString("")).isEqualTo(flowId);
    assertThat(again.json().path("status").asString("")).isEqualTo("REPEATED");
    assertThat(deliver("msg_1", body.replace("12", "13"), 0).status())
        .as("the same id with other content")
        .isEqualTo(409);

    assertThat(deliver("msg_2", "{\"type\":\"ping\"}", 0).json().path("status").asString(""))
        .isEqualTo("IGNORED");
    assertThat(deliver("msg_3", "{\"type\":\"order.placed\"}", 0).status())
        .as("it cannot be mapped")
        .isEqualTo(422);
    assertThat(deliver("msg_4", "{", 0).status()).isEqualTo(400);
    assertThat(deliver("msg_5", "\"" + "x".repeat(256 * 1024) + "\"", 0).status()).isEqualTo(413);
    assertThat(deliver("msg_6", body, -301).status()).as("an old one").isEqualTo(401);
    assertThat(rest.post(HOOK, body).status()).as("an unsigned one").isEqualTo(401);
    assertThat(rest.post("/api/hooks/partnerOrder/other", body).status()).isEqualTo(404);
    assertThat(requests("unverified") - unverified).isEqualTo(2);
    assertThat(requests("repeated") - repeated).isEqualTo(1);
  }

  /** Requests of webhooks with this outcome since the server started. */
  private double requests(String outcome) {
    String meter = "doundo_hook_requests_total{outcome=\"" + outcome + "\"} ";
    return rest.get("/actuator/prometheus")
        .http()
        .body()
        .lines()
        .filter(line -> line.startsWith(meter))
        .mapToDouble(line -> Double.parseDouble(line.substring(meter.length())))
        .sum();
  }

  @Test
  void anUnsignedWebhookIsForTheSameMachine() {
    Reply registered =
        rest.post(
            "/api/orchestrations",
            "{orchestrationName: openHook, vocabulary: 2, triggers: [{name: t, webhook: {}}], steps:"
                + " [{name: openStep, undo: none}]}",
            "Content-Type",
            YAML);
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);

    assertThat(rest.post("/api/hooks/openHook/t", "{\"a\":1}").status()).isEqualTo(202);
    for (String header : List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto")) {
      assertThat(rest.post("/api/hooks/openHook/t", "{\"a\":1}", header, "x").status())
          .as(header)
          .isEqualTo(401);
    }
    assertThat(
            rest.post("/api/hooks/openHook/t", "{\"a\":1}", "Origin", "https://evil.example")
                .status())
        .isEqualTo(401);
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
