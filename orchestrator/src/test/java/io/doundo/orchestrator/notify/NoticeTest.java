package io.doundo.orchestrator.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What of the audit log is told, and what a receiver is sent. */
class NoticeTest {

  private static final Instant AT = Instant.parse("2027-05-04T03:00:00Z");

  private static AuditRecord.Entry entry(
      String type, @Nullable String step, @Nullable String reason) {
    return new AuditRecord.Entry(type, step, null, 0, 0, -1, null, reason, AT);
  }

  private static AuditRecord record(String flowId, AuditRecord.Entry... entries) {
    return new AuditRecord(
        flowId,
        "incarnation-1",
        "order",
        "order@abc",
        7,
        AT.toEpochMilli(),
        "PARKED",
        RawJson.EMPTY_OBJECT,
        List.of(entries));
  }

  private static List<Occasion> occasions(String flowId, String... types) {
    AuditRecord.Entry[] entries =
        Arrays.stream(types).map(t -> entry(t, null, null)).toArray(AuditRecord.Entry[]::new);
    return Notice.of(record(flowId, entries)).stream().map(Notice::occasion).toList();
  }

  @Test
  void everyTurnOfAFlowIsToldAndStepsAreNot() {
    assertThat(
            occasions(
                "f-1",
                "FLOW_STARTED",
                "STEP_FAILED",
                "FLOW_PARKED",
                "FLOW_UNPARKED",
                "FLOW_UNDOING",
                "FLOW_UNDONE",
                "FLOW_COMPLETED",
                "FLOW_ABANDONED",
                "FLOW_REJECTED",
                "INCIDENT",
                "FROM_A_LATER_RELEASE"))
        .containsExactlyInAnyOrderElementsOf(
            EnumSet.complementOf(
                EnumSet.of(
                    Occasion.SCHEDULE_BLOCKED, Occasion.BREAKER_OPENED, Occasion.BREAKER_CLOSED)));
  }

  @Test
  void aRecordWithoutANoticeIsSeenFromItsBytes() {
    assertThat(Notice.mayBeIn(record("f-1", entry("FLOW_PARKED", null, null)).encode())).isTrue();
    assertThat(Notice.mayBeIn(record("f-1", entry("INCIDENT", "pay", "ü")).encode())).isTrue();
    assertThat(Notice.mayBeIn(record("f-1", entry("STEP_SUCCESS", "pay", "ü")).encode())).isFalse();
    assertThat(Notice.mayBeIn(record("f-1", entry("STEP_FAILED", "pay", "INCIDENT")).encode()))
        .as("a reason that is spelled like a type costs no more than a look")
        .isTrue();
    assertThat(Notice.mayBeIn(record("f-1", entry("STEP_FAILED", "pay", "an INCIDENT")).encode()))
        .isFalse();
  }

  @Test
  void itsVersionIsFoundInItsBytes() {
    assertThat(AuditRecord.definitionIn(record("f-1", entry("INCIDENT", "pay", null)).encode()))
        .isEqualTo("order@abc");
  }

  @Test
  void aPartIsToldOfOnlyWhenItNeedsSomebody() {
    assertThat(
            occasions(
                "f-1~items~3", "FLOW_COMPLETED", "FLOW_UNDOING", "FLOW_UNDONE", "FLOW_PARKED"))
        .containsExactly(Occasion.PARKED);
  }

  private static Notice other(String record) {
    try {
      return Notice.ofOther(record.getBytes(UTF_8)).orElseThrow();
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBlockedScheduleIsToldWithItsOrchestration() {
    String blocked =
        """
        {"schedule": "report/nightly", "type": "RUN_BLOCKED", "at": "2027-05-04T03:00:00Z",
         "planned": "2027-05-04T03:00:00Z", "count": 1, "reason": "the run r-1 is parked"}""";
    Notice notice = other(blocked);

    assertThat(notice.occasion()).isEqualTo(Occasion.SCHEDULE_BLOCKED);
    assertThat(notice.orchestration()).isEqualTo("report");
    Receiver receiver =
        new Receiver(
            "ops",
            List.of(Occasion.SCHEDULE_BLOCKED),
            "ops",
            "",
            null,
            "\"{{ event.schedule }} is {{ event.status }}: {{ event.reason }}\"");
    assertThat(new ReceiverProgram("report", receiver).bodyFor(notice).orElseThrow())
        .hasToString("\"report/nightly is BLOCKED: the run r-1 is parked\"");
    assertThat(other(blocked).idFor("*/ops")).isEqualTo(notice.idFor("*/ops"));
    assertThat(other(blocked.replace("03:00", "04:00")).idFor("*/ops"))
        .isNotEqualTo(notice.idFor("*/ops"));
  }

  @Test
  void aBreakerIsToldWhenItOpensAndCloses() {
    String opened =
        """
        {"breaker": "bank", "type": "BREAKER_OPENED", "at": "2027-05-04T03:00:00Z",
         "until": "2027-05-04T03:01:00Z", "reason": "5 faults"}""";
    assertThat(other(opened).occasion()).isEqualTo(Occasion.BREAKER_OPENED);
    assertThat(other(opened).orchestration()).isNull();
    assertThat(other(opened).event("*/ops").toString())
        .contains("\"breaker\":\"bank\"", "\"status\":\"OPEN\"", "\"flowId\":null");
    assertThat(other(opened.replace("OPENED", "CLOSED")).occasion())
        .isEqualTo(Occasion.BREAKER_CLOSED);
    assertThat(other(opened.replace("OPENED", "RESET")).occasion())
        .isEqualTo(Occasion.BREAKER_CLOSED);
  }

  @Test
  void ofSchedulesAndBreakersNothingElseIsTold() throws Exception {
    for (String type : List.of("RUN_SKIPPED", "BREAKER_HALF_OPENED", "FLOW_PARKED", "LATER")) {
      assertThat(Notice.ofOther("{\"type\": \"%s\"}".formatted(type).getBytes(UTF_8))).isEmpty();
    }
    assertThatThrownBy(() -> Notice.ofOther("{\"type\": \"RUN_BLOCKED\"}".getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class);
  }

  @Test
  void theIdIsTheSameForTheSameEventAndAnotherForEverythingElse() {
    Notice notice = parked();
    Notice later =
        new Notice(
            "f-1",
            "incarnation-1",
            "order",
            null,
            8,
            0,
            Occasion.PARKED,
            "PARKED",
            null,
            null,
            AT,
            null,
            null);
    Notice again =
        new Notice(
            "f-1",
            "incarnation-2",
            "order",
            null,
            7,
            0,
            Occasion.PARKED,
            "PARKED",
            null,
            null,
            AT,
            null,
            null);

    assertThat(notice.idFor("order/ops")).matches("ntf_[0-9a-f]{32}");
    assertThat(parked().idFor("order/ops")).isEqualTo(notice.idFor("order/ops"));
    assertThat(
            Stream.of(
                notice.idFor("order/ops"),
                notice.idFor("order/shop"),
                later.idFor("order/ops"),
                again.idFor("order/ops")))
        .doesNotHaveDuplicates();
  }

  private static Notice parked() {
    return Notice.of(record("f-1", entry("FLOW_PARKED", "pay", "UNDO_FAILED: no answer"))).get(0);
  }

  private static RawJson body(@Nullable String when, @Nullable String body) {
    Receiver receiver = new Receiver("ops", List.of(Occasion.PARKED), "ops", "", when, body);
    return new ReceiverProgram("order", receiver).bodyFor(parked()).orElse(RawJson.NULL);
  }

  @Test
  void withoutABodyTheReceiverGetsTheEvent() {
    assertThat(Json.MAPPER.readTree(body(null, null).bytes()))
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"id": "%s", "type": "PARKED", "flowId": "f-1", "orchestration": "order",
                 "definition": "order@abc", "transition": 7, "status": "PARKED", "step": "pay",
                 "reason": "UNDO_FAILED: no answer", "at": "2027-05-04T03:00:00Z",
                 "receiver": "order/ops", "schedule": null, "breaker": null}"""
                    .formatted(parked().idFor("order/ops"))));
  }

  @Test
  void expressionsChooseAndFormWhatIsSent() {
    assertThat(body(null, "{\"text\":\"{{ event.flowId }} waits at {{ event.step }}\"}"))
        .hasToString("{\"text\":\"f-1 waits at pay\"}");
    assertThat(body("event.step == 'pay'", "1")).hasToString("1");
    assertThat(body("event.step == 'ship'", "1")).isEqualTo(RawJson.NULL);
  }

  @Test
  void whereAnExpressionFailsTheReceiverGetsTheEventAndTheReason() {
    assertThat(body(null, "\"{{ event.flowId[3] }}\"").toString())
        .contains("\"flowId\":\"f-1\"", "\"problem\":\"body: ");
    assertThat(body("event.transition + event.flowId == 1", "1").toString())
        .contains("\"flowId\":\"f-1\"", "\"problem\":\"when: ");
    assertThat(body(null, "\"" + "x".repeat(ReceiverProgram.MAX_BODY) + "\"").toString())
        .contains("\"problem\":\"body: it has 65");
  }

  @Test
  void whateverAnExpressionEndsWithTheReceiverGetsTheEventAndTheReason() {
    for (Throwable end :
        List.of(new StackOverflowError(), new IllegalStateException("not foreseen"))) {
      Receiver receiver = new Receiver("ops", List.of(Occasion.PARKED), "ops", "", null, "1");
      ReceiverProgram program =
          new ReceiverProgram(
              "order",
              receiver,
              bindings -> {
                if (end instanceof Error error) {
                  throw error;
                }
                throw (RuntimeException) end;
              });

      assertThat(program.bodyFor(parked()).orElseThrow().toString())
          .contains("\"flowId\":\"f-1\"", "\"problem\":\"body: " + end.getClass().getName());
    }
  }

  @Test
  void anOccasionOfALaterReleaseIsPassedOver() {
    List<Receiver> read =
        ReceiverJson.read(
            Json.MAPPER.readTree(
                """
                {"notify": [
                  {"name": "ops", "on": ["FROM_A_LATER_RELEASE", "PARKED"], "connection": "ops"},
                  {"name": "new", "on": ["FROM_A_LATER_RELEASE"], "connection": "ops"}]}"""));

    assertThat(read)
        .containsExactly(
            new Receiver("ops", List.of(Occasion.PARKED), "ops", "", null, null),
            new Receiver("new", List.of(), "ops", "", null, null));
  }
}
