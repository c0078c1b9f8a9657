package io.doundo.examples.invoice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.examples.external.Store;
import io.doundo.examples.external.TestExternalSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InvoiceListenerTest {

  private final List<ProducerRecord<String, String>> answers = new ArrayList<>();
  private final Store store;
  private final InvoiceListener listener;
  private int settled;

  InvoiceListenerTest(@TempDir Path directory) {
    store = new TestExternalSystem(directory).store();
    listener =
        new InvoiceListener(
            TestExternalSystem.of(store), new KafkaTemplate<>(new Recording(answers)));
  }

  /** A producer that acknowledges and keeps every record. */
  private record Recording(List<ProducerRecord<String, String>> sent)
      implements ProducerFactory<String, String> {

    @Override
    public Producer<String, String> createProducer() {
      return new MockProducer<>(true, null, new StringSerializer(), new StringSerializer()) {
        @Override
        public synchronized java.util.concurrent.Future<
                org.apache.kafka.clients.producer.RecordMetadata>
            send(
                ProducerRecord<String, String> record,
                org.apache.kafka.clients.producer.Callback callback) {
          sent.add(record);
          return super.send(record, callback);
        }
      };
    }

    @Override
    public Map<String, Object> getConfigurationProperties() {
      return Map.of();
    }
  }

  private JsonNode take(String action, int attempt, String behave) throws Exception {
    String value =
        """
        {"headers":{"flowId":"f-1","orchestrationName":"invoiceArchiving","stepName":"storeInvoice",\
        "action":"%s","seq":1,"attempt":%d},"payload":{"invoiceId":"i-7","behave":%s}}\
        """
            .formatted(action, attempt, behave);
    ConsumerRecord<String, String> command =
        new ConsumerRecord<>("orchestrator.invoiceArchiving.storeInvoice.do", 0, 0, "f-1", value);
    command.headers().add("saga-command-id", ("c-" + action + attempt).getBytes(UTF_8));
    listener.onCommand(command, () -> settled++);
    ProducerRecord<String, String> answer = answers.get(answers.size() - 1);
    assertThat(answer.topic()).isEqualTo("orchestrator.response.result");
    assertThat(answer.key()).isEqualTo("f-1");
    assertThat(answer.headers().lastHeader("saga-command-id").value())
        .isEqualTo(("c-" + action + attempt).getBytes(UTF_8));
    return JsonMapper.builder().build().readTree(answer.value());
  }

  private long things() {
    return store.things().size();
  }

  @Test
  void aCommandIsCarriedOutAnsweredAndThenSettled() throws Exception {
    JsonNode answer = take("DO", 1, "{}");

    assertThat(answer.at("/headers/status").booleanValue()).isTrue();
    assertThat(answer.at("/headers/action").stringValue()).isEqualTo("DO");
    assertThat(answer.at("/payload/storeInvoiceId").stringValue())
        .isEqualTo(store.things().get(0).thingId());
    assertThat(settled).isEqualTo(1);
  }

  @Test
  void theSameCommandTwiceMakesOneThingAndSaysTheSame() throws Exception {
    JsonNode first = take("DO", 1, "{}");
    assertThat(take("DO", 1, "{}")).isEqualTo(first);
    assertThat(take("DO", 2, "{}").at("/payload")).isEqualTo(first.at("/payload"));
    assertThat(things()).isEqualTo(1);
  }

  @Test
  void anUndoBeforeItsDoIsRememberedAndTheDoRefused() throws Exception {
    assertThat(take("UNDO", 1, "{}").at("/headers/status").booleanValue()).isTrue();

    JsonNode late = take("DO", 1, "{}");

    assertThat(late.at("/headers/action").stringValue()).isEqualTo("FAIL_STEP");
    assertThat(late.at("/headers/status").booleanValue()).isFalse();
    assertThat(things()).isZero();
  }

  @Test
  void anUndoRemovesWhatTheDoMade() throws Exception {
    take("DO", 1, "{}");
    assertThat(take("UNDO", 1, "{}").at("/headers/status").booleanValue()).isTrue();
    assertThat(things()).isZero();
  }

  @Test
  void whatDidNotHappenIsAnsweredSo() throws Exception {
    JsonNode notNow = take("DO", 1, "{\"storeInvoice\":{\"do\":{\"failTimes\":1}}}");
    JsonNode never = take("DO", 2, "{\"storeInvoice\":{\"do\":{\"failForGood\":true}}}");

    assertThat(notNow.at("/headers/action").stringValue()).isEqualTo("DO");
    assertThat(notNow.at("/headers/status").booleanValue()).isFalse();
    assertThat(notNow.at("/headers/errorMessage").stringValue()).contains("not possible right now");
    assertThat(never.at("/headers/action").stringValue()).isEqualTo("FAIL_STEP");
    assertThat(settled).isEqualTo(2);
    assertThat(things()).isZero();
  }

  @Test
  void afterALostCallItDoesNotAnswerAndHandlesTheCommandAgain() throws Exception {
    String lost = "{\"storeInvoice\":{\"do\":{\"throwTimes\":1}}}";

    assertThatThrownBy(() -> take("DO", 1, lost)).isInstanceOf(IllegalStateException.class);
    assertThat(answers).isEmpty();
    assertThat(settled).isZero();

    assertThat(take("DO", 1, lost).at("/headers/status").booleanValue()).isTrue();
    assertThat(things()).isEqualTo(1);
  }
}
