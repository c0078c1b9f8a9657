package io.doundo.orchestrator.trigger.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.trigger.TriggerProgram;
import io.doundo.orchestrator.trigger.event.EventRecords.Result;
import io.doundo.orchestrator.trigger.event.EventRecords.Written;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.StartEvent;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written for a record of a trigger's topic. */
class EventRecordsTest {

  private static final int MOST_BYTES = 100_000;

  private static final EventMapping ALL = new EventMapping(null, null, null, null);

  private static final EventMapping QUALIFIED =
      new EventMapping(
          "event.data.type == 'qualified'",
          "lead-{{ event.data.leadId }}",
          "{\"lead\":\"{{ event.data.leadId }}\",\"from\":\"{{ event.topic }}\"}",
          null);

  private static final EventMapping PAID =
      new EventMapping(null, "order-{{ event.data.orderId }}", null, "paid");

  private static EventSubscription trigger(String name, boolean active, EventMapping mapping) {
    return new EventSubscription(
        "o",
        name,
        active,
        new EventTrigger("crm.leads", EventTrigger.From.LATEST, mapping),
        new TriggerProgram("o", "event/o/" + name, mapping),
        () -> 0);
  }

  private static ConsumerRecord<byte[], byte[]> record(String value) {
    return new ConsumerRecord<>("crm.leads", 2, 9, "k".getBytes(UTF_8), value.getBytes(UTF_8));
  }

  private static Written only(ConsumerRecord<byte[], byte[]> record, EventSubscription trigger) {
    List<Written> written = EventRecords.of(record, List.of(trigger), MOST_BYTES);
    assertThat(written).hasSize(1);
    return written.get(0);
  }

  private static ProducerRecord<byte[], byte[]> recordOf(Written written) {
    return Objects.requireNonNull(written.record());
  }

  private static StartEvent start(Written written) throws Exception {
    assertThat(written.result()).isEqualTo(Result.STARTED);
    assertThat(recordOf(written).topic()).isEqualTo("orchestrator.execution.start");
    return StartEvent.decode(recordOf(written).value(), recordOf(written).key(), HeaderLookup.NONE);
  }

  private static @Nullable String header(Written written, String name) {
    var header = recordOf(written).headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  @Test
  void aMappedEventStartsAFlow() throws Exception {
    StartEvent start =
        start(
            only(record("{\"type\":\"qualified\",\"leadId\":17}"), trigger("t", true, QUALIFIED)));

    assertThat(start.orchestrationName()).isEqualTo("o");
    assertThat(start.flowId()).isEqualTo("lead-17");
    assertThat(start.payload()).hasToString("{\"lead\":17,\"from\":\"crm.leads\"}");
    assertThat(start.initiator()).isEqualTo("event/o/t");
  }

  @Test
  void withoutMappingTheIdIsMadeOfThePlaceAndThePayloadIsTheData() throws Exception {
    StartEvent start = start(only(record("{\"a\":1}"), trigger("t", true, ALL)));

    assertThat(start.flowId()).isEqualTo("o.t.crm.leads-2-9");
    assertThat(start.payload()).hasToString("{\"a\":1}");
  }

  @Test
  void theSameRecordMakesTheSameBytes() {
    EventSubscription trigger = trigger("t", true, ALL);

    assertThat(recordOf(only(record("{\"a\":1}"), trigger)).value())
        .isEqualTo(recordOf(only(record("{\"a\":1}"), trigger)).value());
  }

  @Test
  void anEventCanSignalAFlowWhoseOrchestrationAcceptsNoStarts() throws Exception {
    Written written = only(record("{\"orderId\":5}"), trigger("t", false, PAID));

    assertThat(written.result()).isEqualTo(Result.SIGNALLED);
    assertThat(recordOf(written).topic()).isEqualTo("orchestrator.control");
    ControlCommand signal =
        ControlCommand.decode(
            recordOf(written).value(), recordOf(written).key(), HeaderLookup.NONE);
    assertThat(signal.action()).isEqualTo(ControlAction.SIGNAL);
    assertThat(signal.flowId()).isEqualTo("order-5");
    assertThat(signal.signal()).isEqualTo("paid");
    assertThat(signal.controlId()).isEqualTo("o.t.crm.leads-2-9");
    assertThat(signal.payload()).hasToString("{\"orderId\":5}");
  }

  @Test
  void nothingIsWrittenWhereTheConditionIsFalseOrTheOrchestrationAcceptsNoStarts() {
    assertThat(only(record("{\"type\":\"new\"}"), trigger("t", true, QUALIFIED)))
        .isEqualTo(new Written(Result.IGNORED, null));
    assertThat(only(record("no JSON"), trigger("t", false, ALL)))
        .isEqualTo(new Written(Result.INACTIVE, null));
  }

  @Test
  void whatCannotBeMappedIsADeadLetterWithTheErrorOfTheExpression() {
    String value = "{\"type\":\"qualified\"}";
    Written written = only(record(value), trigger("t", true, QUALIFIED));

    assertThat(written.result()).isEqualTo(Result.DEAD_LETTERED);
    assertThat(recordOf(written).topic()).isEqualTo("orchestrator.dead-letter");
    assertThat(recordOf(written).value()).isEqualTo(value.getBytes(UTF_8));
    assertThat(recordOf(written).key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(header(written, "dead-letter-reason"))
        .contains("trigger o/t")
        .contains("flowId")
        .contains("leadId");
    assertThat(header(written, "dead-letter-source-topic")).isEqualTo("crm.leads");
    assertThat(header(written, "dead-letter-source-partition")).isEqualTo("2");
    assertThat(header(written, "dead-letter-source-offset")).isEqualTo("9");
    assertThat(header(written, "saga-trigger")).isEqualTo("o/t");
  }

  @Test
  void aValueThatIsNoPayloadAndAnIdThatIsNoneAreDeadLetters() {
    assertThat(header(only(record("[1]"), trigger("t", true, ALL)), "dead-letter-reason"))
        .contains("payload: must be an object");
    EventMapping part = new EventMapping(null, "a~{{ event.data.x }}", null, null);
    assertThat(header(only(record("{\"x\":1}"), trigger("t", true, part)), "dead-letter-reason"))
        .contains("flowId")
        .contains("~");
    EventMapping object = new EventMapping(null, "{{ event.data }}", null, null);
    assertThat(header(only(record("{\"x\":1}"), trigger("t", true, object)), "dead-letter-reason"))
        .contains("flowId: must be text");
  }

  @Test
  void anUnreadableRecordIsOneDeadLetterForAllTriggers() {
    List<Written> written =
        EventRecords.of(
            record("no JSON"), List.of(trigger("a", true, ALL), trigger("b", true, PAID)), 100);

    assertThat(written).hasSize(1);
    assertThat(written.get(0).result()).isEqualTo(Result.DEAD_LETTERED);
    assertThat(header(written.get(0), "saga-trigger")).isNull();
  }

  @Test
  void oneTriggerThatFailsDoesNotKeepTheOthersFromFiring() {
    List<Written> written =
        EventRecords.of(
            record("{\"orderId\":5,\"type\":\"qualified\"}"),
            List.of(trigger("a", true, QUALIFIED), trigger("b", true, PAID)),
            MOST_BYTES);

    assertThat(written)
        .extracting(Written::result)
        .containsExactly(Result.DEAD_LETTERED, Result.SIGNALLED);
  }

  @Test
  void aDeadLetterThatWasSentAgainIsForItsTriggerAlone() {
    ConsumerRecord<byte[], byte[]> again = record("{\"a\":1}");
    again.headers().add("dead-letter-resent-from", "0-1".getBytes(UTF_8));
    again.headers().add("saga-trigger", "o/b".getBytes(UTF_8));

    List<Written> written =
        EventRecords.of(
            again, List.of(trigger("a", true, ALL), trigger("b", true, ALL)), MOST_BYTES);

    assertThat(written).hasSize(1);
    assertThat(recordOf(written.get(0)).key()).isEqualTo("o.b.crm.leads-2-9".getBytes(UTF_8));
  }

  private static ConsumerRecord<byte[], byte[]> resent(int partition, long offset, String value) {
    ConsumerRecord<byte[], byte[]> again =
        new ConsumerRecord<>(
            "crm.leads", partition, offset, "k".getBytes(UTF_8), value.getBytes(UTF_8));
    again.headers().add("tenant", "a".getBytes(UTF_8));
    again.headers().add("dead-letter-resent-from", ("0-" + offset).getBytes(UTF_8));
    again.headers().add("dead-letter-resent-by", ("kim" + offset).getBytes(UTF_8));
    again.headers().add("saga-trigger", "o/t".getBytes(UTF_8));
    again.headers().add("saga-event-origin", "crm.leads/2/9/1700".getBytes(UTF_8));
    return again;
  }

  @Test
  void anEventThatIsSentAgainTwiceStartsOneFlow() throws Exception {
    StartEvent first = start(only(resent(2, 40, "{\"a\":1}"), trigger("t", true, ALL)));
    StartEvent second = start(only(resent(0, 41, "{\"a\":1}"), trigger("t", true, ALL)));

    assertThat(first.flowId()).isEqualTo("o.t.resent:crm.leads-2-9-1700");
    assertThat(second.flowId()).isEqualTo(first.flowId());
    assertThat(start(only(record("{\"a\":1}"), trigger("t", true, ALL))).flowId())
        .as("a record that stands now where the first one stood")
        .isNotEqualTo(first.flowId());
  }

  @Test
  void anEventThatIsSentAgainIsMappedAsItWasReadFirst() throws Exception {
    EventMapping place =
        new EventMapping(
            null,
            "{{ event.partition }}-{{ event.offset }}",
            "{\"at\":\"{{ event.at }}\",\"headers\":\"{{ event.headers }}\"}",
            null);

    StartEvent start = start(only(resent(0, 41, "{}"), trigger("t", true, place)));

    assertThat(start.flowId()).isEqualTo("2-9");
    assertThat(start.payload())
        .hasToString("{\"at\":\"1970-01-01T00:00:01.700Z\",\"headers\":{\"tenant\":\"a\"}}");
  }

  @Test
  void theOriginOfARecordThatNobodySentAgainDoesNotCount() throws Exception {
    ConsumerRecord<byte[], byte[]> forged = record("{\"a\":1}");
    forged.headers().add("saga-event-origin", "crm.leads/0/0/0".getBytes(UTF_8));
    assertThat(start(only(forged, trigger("t", true, ALL))).flowId())
        .isEqualTo("o.t.crm.leads-2-9");

    ConsumerRecord<byte[], byte[]> elsewhere = record("{\"a\":1}");
    elsewhere.headers().add("dead-letter-resent-from", "0-1".getBytes(UTF_8));
    elsewhere.headers().add("saga-event-origin", "other/0/0/0".getBytes(UTF_8));
    assertThat(start(only(elsewhere, trigger("t", true, ALL))).flowId())
        .isEqualTo("o.t.crm.leads-2-9");
  }

  @Test
  void aDeadLetterWithoutRoomForHeadersKeepsTheOriginOfItsEvent() {
    Written again =
        EventRecords.of(
                resent(2, 40, "[\"" + "x".repeat(200) + "\"]"),
                List.of(trigger("t", true, ALL)),
                100)
            .get(0);

    assertThat(again.result()).isEqualTo(Result.DEAD_LETTERED);
    assertThat(header(again, "tenant")).isNull();
    assertThat(header(again, "saga-event-origin")).isEqualTo("crm.leads/2/9/1700");
    assertThat(header(again, "dead-letter-resent-from")).isEqualTo("0-40");
  }

  @Test
  void theTraceGoesOn() {
    ConsumerRecord<byte[], byte[]> traced = record("{\"a\":1}");
    traced.headers().add("traceparent", "00-1-2-01".getBytes(UTF_8));

    assertThat(header(only(traced, trigger("t", true, ALL)), "traceparent")).isEqualTo("00-1-2-01");
  }

  @Test
  void aTooLargeRecordIsCutInItsDeadLetter() {
    String value = "[\"" + "x".repeat(200) + "\"]";
    Written written = EventRecords.of(record(value), List.of(trigger("t", true, ALL)), 100).get(0);

    assertThat(recordOf(written).value()).hasSize(100);
    assertThat(header(written, "dead-letter-length")).isEqualTo("204");
  }
}
