package io.doundo.orchestrator.resend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.doundo.orchestrator.query.deadletter.StoredDeadLetter;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter.StoredHeader;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a dead letter may go, what may be edited in it, and what is sent. */
class ResendTest {

  private static final String ANSWER =
      """
      {"headers":{"flowId":"f-1","stepName":"pay","action":"DO","status":true,"attempt":2},\
      "payload":{"paid":1}}""";

  private final List<StoredHeader> headers = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orchestrator.definitions",
        "orchestrator.rekey",
        "orchestrator.archive",
        "orchestrator.flow.events",
        "orchestrator.jobs",
        "orchestrator.templates",
        "orchestrator.breakers",
        "orchestrator.dead-letter",
        "orchestrator.registration.status",
        "orchestrator-flows-changelog",
        "orchestrator.order.unknown.do",
        "payments"
      })
  void nothingIsSentToATopicThatAForgedHeaderNames(String topic) {
    assertThat(refusal(letter(topic, null, "{}"), ResendEdit.NONE))
        .contains("says it came from " + topic + ",", "neither an input topic");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orchestrator.registration",
        "orchestrator.execution.start",
        "orchestrator.response.result",
        "orchestrator.control",
        "orchestrator.event",
        "orchestrator.order.pay.do"
      })
  void theInputTopicsAndThoseOfRegisteredStepsAreOpen(String topic) throws Exception {
    Resend resend = resend(letter(topic, "f-1", "not JSON"), ResendEdit.NONE);
    assertThat(resend.topic()).isEqualTo(topic);
    assertThat(resend.problems()).as("the decoder's own words").isNotEmpty();
    assertThat(resend.edited()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "REGISTRATION, true, true",
    "START, false, false",
    "CONTROL, false, false",
    "ANSWER, false, true",
    "COMMAND, false, true"
  })
  void theRoleIsThatOfTheSameDeedOverRest(Deed deed, boolean asItIs, boolean edited) {
    assertThat(deed.needsAdmin(false)).isEqualTo(asItIs);
    assertThat(deed.needsAdmin(true)).isEqualTo(edited);
  }

  @Test
  void aControlRecordIsAlwaysRequestedByTheCallerAndTakesEffectOnce() throws Exception {
    headers.add(header(RecordHeaders.ANSWERED, "true"));
    headers.add(header(RecordHeaders.SENDER_MARK, "forged"));
    Resend resend =
        resend(
            letter(
                Topics.CONTROL,
                "f-1",
                """
                {"flowId":"f-1","action":"SIGNAL","signal":"paid","payload":{"a":1.50},\
                "requestedBy":"boss","controlId":"c-1"}"""),
            ResendEdit.NONE);

    ControlCommand sent = ControlCommand.decode(resend.value(), resend.key(), HeaderLookup.NONE);
    assertThat(sent.requestedBy()).isEqualTo("kim");
    assertThat(sent.controlId()).startsWith("resent-3-17-");
    assertThat(String.valueOf(sent.payload())).isEqualTo("{\"a\":1.50}");
    assertThat(resend.deed()).isEqualTo(Deed.CONTROL);
    assertThat(resend.edited()).as("the caller's name is no edit").isFalse();
    assertThat(names(resend)).doesNotContain(RecordHeaders.ANSWERED, RecordHeaders.SENDER_MARK);
  }

  @Test
  void anotherValueIsAnotherRequestAndTheSameValueIsNot() throws Exception {
    String value = "{\"flowId\":\"f-1\",\"action\":\"RETRY\",\"stepName\":\"pay\"}";
    StoredDeadLetter letter = letter(Topics.CONTROL, "f-1", value);
    String first = controlId(resend(letter, ResendEdit.NONE));
    assertThat(controlId(resend(letter, ResendEdit.NONE))).isEqualTo(first);
    assertThat(controlId(resend(letter, value(value.replace("pay", "charge")))))
        .isNotEqualTo(first);
  }

  /** What is sent again and fails again is a dead letter of its own, beside the first one. */
  @Test
  void aCopyThatFailedAgainIsTheSameRequest() throws Exception {
    String value = "{\"flowId\":\"f-1\",\"action\":\"SIGNAL\",\"signal\":\"paid\"}";
    Resend first = resend(letter(Topics.CONTROL, "f-1", value), ResendEdit.NONE);
    StoredDeadLetter copy =
        new StoredDeadLetter(
            "5-2",
            Topics.CONTROL,
            "f-1".getBytes(StandardCharsets.UTF_8),
            first.value(),
            first.headers(),
            true);

    Resend again = resend(copy, ResendEdit.NONE);
    assertThat(controlId(again)).isEqualTo(controlId(first));
    String edited = new String(first.value(), StandardCharsets.UTF_8).replace("paid", "shipped");
    assertThat(controlId(resend(copy, value(edited)))).isNotEqualTo(controlId(first));
  }

  private static String controlId(Resend resend) throws Exception {
    return String.valueOf(
        ControlCommand.decode(resend.value(), resend.key(), HeaderLookup.NONE).controlId());
  }

  @Test
  void whoSentItCannotBeAddedByAnEdit() throws Exception {
    String silent = "{\"orchestrationName\":\"order\",\"payload\":{}}";
    String named = "{\"orchestrationName\":\"order\",\"serviceName\":\"shop\",\"payload\":{}}";
    assertThat(refusal(letter(Topics.EXECUTION_START, null, silent), value(named)))
        .contains("serviceName cannot be added");
    Resend ofUnreadable = resend(letter(Topics.EXECUTION_START, null, "{broken"), value(named));
    assertThat(
            StartEvent.decode(ofUnreadable.value(), ofUnreadable.key(), lookup(ofUnreadable))
                .initiator())
        .isEqualTo("operator kim (edited dead letter 3-17)");
  }

  @Test
  void aStartIsRequestedByTheCallerAndTwoResendsStartOneFlow() throws Exception {
    headers.add(header(RecordHeaders.REQUESTED_BY, "boss"));
    Resend resend =
        resend(
            letter(
                Topics.EXECUTION_START, null, "{\"orchestrationName\":\"order\",\"payload\":{}}"),
            ResendEdit.NONE);
    assertThat(values(resend, RecordHeaders.REQUESTED_BY)).containsExactly("kim");
    assertThat(resend.problems()).isEmpty();
    assertThat(StartEvent.decode(resend.value(), resend.key(), lookup(resend)).flowId())
        .isEqualTo("resent-3-17");
  }

  @Test
  void aStartThatItsOrchestrationRefusesSaysSo() throws Exception {
    Resend resend =
        resend(
            letter(Topics.EXECUTION_START, null, "{\"orchestrationName\":\"later\"}"),
            ResendEdit.NONE);
    assertThat(resend.problems()).containsExactly("later is not registered");
  }

  @Test
  void anEditedAnswerNamesTheOperatorInTheAuditLog() throws Exception {
    headers.add(header(RecordHeaders.WORKER, "payments"));
    Resend asItIs = resend(letter(Topics.RESPONSE, "f-1", ANSWER), ResendEdit.NONE);
    Resend edited =
        resend(
            letter(Topics.RESPONSE, "f-1", ANSWER), value(ANSWER.replace("\"pay\"", "\"charge\"")));

    assertThat(answer(asItIs).worker()).isEqualTo("payments");
    assertThat(answer(edited).worker()).isEqualTo("operator kim (edited dead letter 3-17)");
    assertThat(answer(edited).stepName()).isEqualTo("charge");
    assertThat(edited.edited()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"flowId\":\"f-1\"|\"flowId\":\"f-2\"|the flowId cannot be edited: the dead letter is about flow f-1, not f-2",
        "\"attempt\":2|\"attempt\":3|attempt cannot be edited",
        "\"attempt\":2|\"seq\":3|attempt cannot be edited"
      })
  void anAnswerIsNotTurnedIntoThatOfAnother(String part, String other, String refusal) {
    assertThat(refusal(letter(Topics.RESPONSE, null, ANSWER), value(ANSWER.replace(part, other))))
        .contains(refusal);
  }

  @Test
  void theKeyTellsTheFlowOfAValueThatCannotBeRead() {
    assertThat(refusal(letter(Topics.RESPONSE, "f-9", "{broken"), value(ANSWER)))
        .contains("about flow f-9, not f-1");
    assertThat(refusal(letter(Topics.RESPONSE, null, "{broken"), value(ANSWER)))
        .contains("names no flow that can be read");
  }

  @Test
  void theKeyAndTheHeadersThatSayWhoseItIsStay() {
    StoredDeadLetter letter = letter(Topics.RESPONSE, "f-1", ANSWER);
    assertThat(refusal(letter, edit("f-2", Map.of()))).contains("the key");
    for (String name :
        List.of(
            "saga-command-id",
            "saga-worker",
            "saga-sender-mark",
            "requestedBy",
            "flowId",
            "serviceName",
            "dead-letter-resent-from")) {
      assertThat(refusal(letter, edit(null, Map.of(name, "x"))))
          .contains("the record header " + name);
    }
    assertThat(catchRefusal(letter, edit("f-1", Map.of("saga-outcome", "UNKNOWN")))).isNull();
  }

  @Test
  void aHeaderCanBeSetAndRemoved() throws Exception {
    headers.add(header("tenant", "a"));
    headers.add(header("region", "eu"));
    Map<String, @Nullable String> edit = new HashMap<>();
    edit.put("tenant", "b");
    edit.put("region", null);
    Resend resend = resend(letter(Topics.RESPONSE, "f-1", ANSWER), edit(null, edit));
    assertThat(values(resend, "tenant")).containsExactly("b");
    assertThat(names(resend)).doesNotContain("region");
    assertThat(resend.edited()).isTrue();
  }

  @Test
  void theRecordSaysWhichDeadLetterItWas() throws Exception {
    headers.add(header(RecordHeaders.DEAD_LETTER_RESENT_FROM, "0-1"));
    Resend resend = resend(letter(Topics.RESPONSE, "f-1", ANSWER), ResendEdit.NONE);
    assertThat(values(resend, RecordHeaders.DEAD_LETTER_RESENT_FROM)).containsExactly("3-17");
    assertThat(values(resend, RecordHeaders.DEAD_LETTER_RESENT_BY)).containsExactly("kim");
    assertThat(values(resend, RecordHeaders.DEAD_LETTER_RESENT_REASON)).containsExactly("mended");
    assertThat(names(resend)).doesNotContain(RecordHeaders.DEAD_LETTER_REASON);
  }

  @Test
  void aValueOfWhichOnlyTheBeginningWasKeptIsNotSentAsItIs() throws Exception {
    StoredDeadLetter cut =
        new StoredDeadLetter(
            "3-17", Topics.RESPONSE, "f-1".getBytes(UTF_8), "{".getBytes(UTF_8), headers, false);
    assertThat(refusal(cut, ResendEdit.NONE)).contains("only the beginning");
    assertThat(resend(cut, value(ANSWER)).problems()).isEmpty();
  }

  @Test
  void aRecordOfTheSharedTopicIsJudgedByItsType() throws Exception {
    Resend command =
        resend(
            letter(
                Topics.SHARED_EVENT,
                "f-1",
                """
                {"headers":{"flowId":"f-1","stepName":"pay","action":"DO","eventType":"dopay"}}"""),
            ResendEdit.NONE);
    assertThat(command.deed()).isEqualTo(Deed.COMMAND);
    assertThat(command.problems()).isEmpty();
    Resend unknown = resend(letter(Topics.SHARED_EVENT, "f-1", "{}"), ResendEdit.NONE);
    assertThat(unknown.deed()).isNull();
    assertThat(unknown.problems()).singleElement().asString().contains("eventType");
  }

  @Test
  void aRegistrationIsCompiledFirst() throws Exception {
    Resend resend =
        resend(letter(Topics.REGISTRATION, null, "{orchestrationName: o}"), ResendEdit.NONE);
    assertThat(resend.problems()).isNotEmpty();
    Resend mended =
        resend(
            letter(Topics.REGISTRATION, null, "{orchestrationName: o}"),
            value("{orchestrationName: o, steps: [{name: a}]}"));
    assertThat(mended.problems()).isEmpty();
    assertThat(values(mended, RecordHeaders.REQUESTED_BY)).containsExactly("kim");
  }

  /** After a crash before the commit one event has two dead letters. */
  @Test
  void theDeadLettersOfOneEventNameTheSamePlaceHoweverOftenItFails() throws Exception {
    headers.add(header(RecordHeaders.EVENT_ORIGIN, "crm.leads/0/0/0"));
    headers.add(header(RecordHeaders.DEAD_LETTER_PARTITION, "2"));
    headers.add(header(RecordHeaders.DEAD_LETTER_OFFSET, "9"));
    headers.add(header(RecordHeaders.DEAD_LETTER_TIMESTAMP, "1700"));
    Resend first = resend(letter("crm.leads", "k", "{}"), ResendEdit.NONE);

    assertThat(first.deed()).isEqualTo(Deed.EVENT);
    assertThat(values(first, RecordHeaders.EVENT_ORIGIN))
        .as("not the one that the event's publisher has set")
        .containsExactly("crm.leads/2/9/1700");

    headers.clear();
    headers.addAll(first.headers());
    headers.add(header(RecordHeaders.DEAD_LETTER_PARTITION, "2"));
    headers.add(header(RecordHeaders.DEAD_LETTER_OFFSET, "40"));
    headers.add(header(RecordHeaders.DEAD_LETTER_TIMESTAMP, "1900"));
    Resend again = resend(letter("crm.leads", "k", "{}"), value("{\"mended\":1}"));

    assertThat(values(again, RecordHeaders.EVENT_ORIGIN)).containsExactly("crm.leads/2/9/1700");
    assertThat(
            refusal(letter("crm.leads", "k", "{}"), edit(null, Map.of("saga-event-origin", "x"))))
        .contains("saga-event-origin");
  }

  /** Leaves the value as it is. */
  @SuppressWarnings("NullAway") // It does not see in another class that the array may be null.
  private static ResendEdit edit(@Nullable String key, Map<String, @Nullable String> headers) {
    return new ResendEdit(null, key, headers);
  }

  @SuppressWarnings("NullAway") // The same.
  private StoredDeadLetter letter(String topic, @Nullable String key, String value) {
    headers.add(header(RecordHeaders.DEAD_LETTER_REASON, "it was not understood"));
    return new StoredDeadLetter(
        "3-17",
        topic,
        key == null ? null : key.getBytes(UTF_8),
        value.getBytes(UTF_8),
        headers,
        true);
  }

  private static ResendEdit value(String text) {
    return new ResendEdit(text.getBytes(UTF_8), null, Map.of());
  }

  private static Resend resend(StoredDeadLetter letter, ResendEdit edit)
      throws ResendRefusedException {
    return Resend.of(
        letter,
        edit,
        new Resend.Sender(
            "kim",
            "mended",
            "orchestrator.order.pay.do"::equals,
            "crm.leads"::equals,
            (name, payload) ->
                name.equals("later") ? List.of("later is not registered") : List.of()));
  }

  private static @Nullable ResendRefusedException catchRefusal(
      StoredDeadLetter letter, ResendEdit edit) {
    return catchThrowableOfType(ResendRefusedException.class, () -> resend(letter, edit));
  }

  private static String refusal(StoredDeadLetter letter, ResendEdit edit) {
    ResendRefusedException refusal = catchRefusal(letter, edit);
    return refusal == null ? "" : refusal.reason();
  }

  private static Answer answer(Resend resend) throws Exception {
    return AnswerEnvelope.decode(resend.value(), resend.key(), lookup(resend));
  }

  private static HeaderLookup lookup(Resend resend) {
    return name -> {
      List<String> found = values(resend, name);
      return found.isEmpty() ? null : found.get(found.size() - 1).getBytes(UTF_8);
    };
  }

  private static List<String> names(Resend resend) {
    return resend.headers().stream().map(StoredHeader::name).toList();
  }

  private static List<String> values(Resend resend, String name) {
    return resend.headers().stream()
        .filter(header -> header.name().equals(name))
        .map(header -> header.value() == null ? "" : new String(header.value(), UTF_8))
        .toList();
  }

  private static StoredHeader header(String name, String value) {
    return new StoredHeader(name, value.getBytes(UTF_8));
  }
}
