package io.doundo.examples.invoice;

import io.doundo.examples.Served;
import io.doundo.examples.external.Behaviour;
import io.doundo.examples.external.CallContext;
import io.doundo.examples.external.ExternalSystem;
import io.doundo.examples.external.ExternalSystemException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A worker without the SDK: it reads commands and answers them, nothing between it and Kafka. So it
 * must do on its own what the SDK does for others:
 *
 * <ul>
 *   <li>a command may arrive twice: its calls carry an idempotency key, which is the same for all
 *       attempts;
 *   <li>an UNDO may come before its DO: it is remembered, and the DO refused;
 *   <li>a failed answer means <i>nothing happened</i>: when it does not know, it does not answer
 *       but takes the command once more;
 *   <li>the offset is committed only after the answer was acknowledged.
 * </ul>
 *
 * <p>It cannot distinguish a call that still runs elsewhere from one that died. Its effects happen
 * at least once, and a slow command blocks the others of its partition.
 */
@Served("invoiceArchiving")
@Component
class InvoiceListener {

  private final ExternalSystem external;
  private final KafkaTemplate<String, String> kafka;
  private final JsonMapper json = JsonMapper.builder().build();

  InvoiceListener(ExternalSystem external, KafkaTemplate<String, String> kafka) {
    this.external = external;
    this.kafka = kafka;
  }

  @KafkaListener(
      groupId = "invoice-archive",
      topics = {
        "orchestrator.invoiceArchiving.storeInvoice.do",
        "orchestrator.invoiceArchiving.storeInvoice.undo",
        "orchestrator.invoiceArchiving.indexInvoice.do",
        "orchestrator.invoiceArchiving.indexInvoice.undo"
      })
  void onCommand(ConsumerRecord<String, String> command, Acknowledgment offset) throws Exception {
    JsonNode message = json.readTree(command.value());
    ObjectNode answer = json.createObjectNode();
    ObjectNode headers = (ObjectNode) message.required("headers").deepCopy();
    answer.set("headers", headers);
    try {
      JsonNode result = carryOut(call(message.required("headers")), message.path("payload"));
      headers.put("status", true);
      if (result != null) {
        answer.set("payload", result);
      }
    } catch (ExternalSystemException e) {
      if (e.isForGood()) {
        headers.put("action", "FAIL_STEP");
      }
      headers.put("status", false).put("errorMessage", e.getMessage());
    }
    // Waits until the broker has it: only then is the command settled.
    kafka.send(record(command, answer)).get();
    offset.acknowledge();
  }

  private @Nullable JsonNode carryOut(CallContext call, JsonNode payload)
      throws InterruptedException, ExternalSystemException {
    Behaviour behave = new Behaviour(payload.path("behave"));
    if (call.action().equals(CallContext.UNDO)) {
      external.remove(behave, call);
      return null;
    }
    String invoice = payload.path("invoiceId").asString("?");
    String thing = external.createUnlessUndone(call.step() + " of " + invoice, behave, call);
    return json.createObjectNode().put(call.step() + "Id", thing);
  }

  private static CallContext call(JsonNode headers) {
    String flow = headers.required("flowId").asString();
    String step = headers.required("stepName").asString();
    String action = headers.required("action").asString();
    return new CallContext(
        headers.required("orchestrationName").asString(),
        step,
        flow,
        action,
        1,
        headers.path("attempt").asInt(1),
        String.join("/", flow, step, action),
        System.currentTimeMillis());
  }

  /**
   * The answer. The id of the command lets the orchestrator match it even when it is late; the name
   * of the service is shown to operators.
   */
  private ProducerRecord<String, String> record(
      ConsumerRecord<String, String> command, ObjectNode answer) {
    ProducerRecord<String, String> record =
        new ProducerRecord<>(
            "orchestrator.response.result", command.key(), json.writeValueAsString(answer));
    record.headers().add("saga-worker", "invoice-archive".getBytes(StandardCharsets.UTF_8));
    Header id = command.headers().lastHeader("saga-command-id");
    if (id != null) {
      record.headers().add(id);
    }
    return record;
  }
}
