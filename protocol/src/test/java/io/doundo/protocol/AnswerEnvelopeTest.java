package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerEnvelopeTest {

  @Test
  void theFiveHeadersOfAPlainWorkerAreEnough() throws MalformedRecordException {
    Answer answer =
        decode(
            """
            {"headers":{"flowId":"f-1","stepName":"createRealm","action":"DO","status":true,
             "errorMessage":null},"payload":{"realmId":7.0}}""");

    assertThat(answer)
        .isEqualTo(
            new Answer(
                "f-1",
                "createRealm",
                AnswerAction.DO,
                true,
                null,
                0,
                null,
                null,
                null,
                Json.value("{\"realmId\":7.0}".getBytes(UTF_8))));
  }

  @Test
  void aWorkerThatCopiesAllHeadersOfTheCommandIsUnderstood() throws MalformedRecordException {
    Answer answer =
        decode(
            """
            {"headers":{"flowId":"f-1","orchestrationName":"o","stepName":"s","action":"FAIL_STEP",
             "seq":1,"attempt":"2","eventType":"dos","timestamp":"2026-01-01T00:00:00Z",
             "status":"false","errorMessage":"no such tenant","serviceName":"realm-service",
             "trace":{"id":1}},"payload":null}""");

    assertThat(answer)
        .isEqualTo(
            new Answer(
                "f-1",
                "s",
                AnswerAction.FAIL_STEP,
                false,
                "no such tenant",
                2,
                null,
                null,
                "realm-service",
                null,
                CommandAction.DO,
                Instant.parse("2026-01-01T00:00:00Z").toEpochMilli(),
                false,
                0,
                false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "\"true\"", "false", "null", "7"})
  void failStepIsAFailureRegardlessOfItsStatus(String status) throws MalformedRecordException {
    Answer answer =
        decode(
            "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"s\",\"action\":\"FAIL_STEP\",\"status\":"
                + status
                + ",\"errorMessage\":\"no\",\"attempt\":1},\"payload\":{}}");

    assertThat(answer.status()).isFalse();
    assertThat(answer.action()).isEqualTo(AnswerAction.FAIL_STEP);
    assertThat(answer.errorMessage()).isEqualTo("no");
  }

  @ParameterizedTest
  @CsvSource({"dos,DO", "undos,UNDO", "orchestrator.response.result,", "doother,"})
  void aFailStepThatCopiesItsEventTypeSaysOfWhichAction(
      String eventType, @Nullable CommandAction action) throws MalformedRecordException {
    Answer answer =
        decode(
            "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"s\",\"action\":\"FAIL_STEP\",\"timestamp\":"
                + "\"yesterday\",\"eventType\":\""
                + eventType
                + "\"}}");

    assertThat(answer.failedAction()).isEqualTo(action);
    assertThat(answer.failedSentAt()).isZero();
  }

  @Test
  void theVersionOfAWorkerIsReadWhereverItStandsAndNeverRefused() throws MalformedRecordException {
    String body =
        "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"s\",\"action\":\"DO\",\"status\":true%s}}";
    HeaderLookup header = HeaderLookup.of(Map.of("saga-worker-version", " 2.3.1+build.7 "));

    assertThat(decode(body.formatted("")).workerVersion()).isNull();
    assertThat(
            AnswerEnvelope.decode(body.formatted("").getBytes(UTF_8), null, header).workerVersion())
        .isEqualTo("2.3.1+build.7");
    assertThat(decode(body.formatted(",\"saga-worker-version\":\"2.3.1\"")).workerVersion())
        .isEqualTo("2.3.1");
    assertThat(
            decode(body.formatted(",\"saga-worker-version\":\"a\\u0000b\u202ec\"")).workerVersion())
        .isEqualTo("a?b?c");
    assertThat(
            decode(body.formatted(",\"saga-worker-version\":\"" + "9".repeat(100) + "\""))
                .workerVersion())
        .hasSize(64);
  }

  @Test
  void howLongTheHandlerRanIsReadAndNonsenseIsLeftOut() throws MalformedRecordException {
    String body =
        "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"s\",\"action\":\"DO\",\"status\":true%s}}";
    Answer told =
        AnswerEnvelope.decode(
            body.formatted("").getBytes(UTF_8),
            null,
            HeaderLookup.of(Map.of("saga-picked-up", "1795255200123", "saga-handled-ms", "4200")));
    assertThat(told.pickedUp()).isEqualTo(1_795_255_200_123L);
    assertThat(told.handledMs()).isEqualTo(4_200);

    assertThat(decode(body.formatted("")).pickedUp()).isZero();
    assertThat(decode(body.formatted("")).handledMs()).isZero();
    for (String nonsense :
        List.of("\"soon\"", "-1", "1.5", "9223372036854775807", "\"\"", "1e300")) {
      Answer answer =
          decode(
              body.formatted(
                  ",\"saga-picked-up\":%1$s,\"saga-handled-ms\":%1$s".formatted(nonsense)));
      assertThat(answer.pickedUp()).as(nonsense).isZero();
      assertThat(answer.handledMs()).as(nonsense).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "3.0", "3e0", "30E-1", "\"3\"", "\"3.0\"", "\" 3 \""})
  void anAttemptIsAWholeNumberInAnySpelling(String attempt) throws MalformedRecordException {
    Answer answer =
        decode(
            "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"s\",\"action\":\"DO\",\"status\":true,"
                + "\"attempt\":"
                + attempt
                + "}}");

    assertThat(answer.attempt()).isEqualTo(3);
  }

  @Test
  void theSdkAnswersInRecordHeaders() throws MalformedRecordException {
    String id = "0123456789abcdef0123456789abcdef";
    Answer answer =
        AnswerEnvelope.decode(
            "{\"headers\":{\"stepName\":\"s\",\"action\":\"do\",\"status\":false}}".getBytes(UTF_8),
            "f-1".getBytes(UTF_8),
            HeaderLookup.of(
                Map.of(
                    "saga-command-id",
                    id,
                    "saga-outcome",
                    "NO_EFFECT",
                    "saga-attempt",
                    "3",
                    "saga-worker",
                    "w")));

    assertThat(answer.flowId()).isEqualTo("f-1");
    assertThat(answer.commandId()).isEqualTo(id);
    assertThat(answer.outcome()).isEqualTo(Outcome.NO_EFFECT);
    assertThat(answer.attempt()).isEqualTo(3);
    assertThat(answer.worker()).isEqualTo("w");
    assertThat(answer.vouched()).isTrue();
  }

  @Test
  void anAnswerThatMayFollowAnUndoIsVouchedForByNobody() throws MalformedRecordException {
    Answer answer =
        AnswerEnvelope.decode(
            "{\"headers\":{\"stepName\":\"s\",\"action\":\"do\",\"status\":true}}".getBytes(UTF_8),
            "f-1".getBytes(UTF_8),
            HeaderLookup.of(Map.of("saga-outcome", "OK", "saga-may-follow-undo", "true")));

    assertThat(answer.outcome()).isEqualTo(Outcome.OK);
    assertThat(answer.mayFollowUndo()).isTrue();
    assertThat(answer.vouched()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1500,1500",
    "1.5e3,1500",
    "3600000,3600000",
    "3600001,3600000",
    "9e18,3600000"
  })
  void aWorkerMayAskForAPauseOfAtMostAnHour(String told, long millis)
      throws MalformedRecordException {
    assertThat(failed(Map.of("saga-retry-after", told)).retryAfterMs()).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "soon", "1.5", "Sun, 29 Nov 2026 15:00:00 GMT", "9e19"})
  void aPauseIsAWholeNumberOfMilliseconds(String told) {
    assertThatThrownBy(() -> failed(Map.of("saga-retry-after", told)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("saga-retry-after must be a whole number from 0 but is");
  }

  @ParameterizedTest
  @CsvSource({"service,true", "Service,false", "payload,false"})
  void aFaultIsTheServicesOnlyWhenItSaysSo(String told, boolean isOfService)
      throws MalformedRecordException {
    assertThat(failed(Map.of("saga-fault", told)).serviceFault()).isEqualTo(isOfService);
  }

  @Test
  void anAnswerThatAsksForNothingSaysNothing() throws MalformedRecordException {
    assertThat(failed(Map.of()).retryAfterMs()).isZero();
    assertThat(failed(Map.of()).serviceFault()).isFalse();
  }

  private static Answer failed(Map<String, String> recordHeaders) throws MalformedRecordException {
    return AnswerEnvelope.decode(
        "{\"headers\":{\"stepName\":\"s\",\"action\":\"DO\",\"status\":false}}".getBytes(UTF_8),
        "f-1".getBytes(UTF_8),
        HeaderLookup.of(recordHeaders));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"payload":1}                                                    | has no "headers"
          {"headers":[],"payload":1}                                       | must be an object but is an array
          {"headers":{"flowId":"f","stepName":"s","status":true}}          | no header "action"
          {"headers":{"flowId":"f","action":"DO","status":true}}           | no header "stepName"
          {"headers":{"flowId":"f","stepName":"s","action":"DO"}}          | no header "status"
          {"headers":{"stepName":"s","action":"DO","status":true}}         | names no flow
          {"headers":{"flowId":"f","stepName":"s","action":"DONE","status":true}} | must be DO, UNDO or FAIL_STEP
          {"headers":{"flowId":"f","stepName":"s","action":"DO","status":"yes"}}  | status must be true or false
          {"headers":{"flowId":"f","stepName":"a.b","action":"DO","status":true}} | must not contain a dot
          {"headers":{"flowId":"a\\nb","stepName":"s","action":"DO","status":true}} | no control characters
          {"headers":{"flowId":"f","stepName":"s","action":"DO","status":true,"attempt":1.5}} | attempt must be a whole number
          {"headers":{"flowId":"f","stepName":"s","action":"DO","status":true,"attempt":-1}} | attempt must be a whole number from 0 but is "-1"
          {"headers":{"flowId":"f","stepName":"s","action":"DO","status":true,"attempt":1e999999999}} | attempt must be a whole number
          {"headers":{"flowId":"f","stepName":"s","action":"DO","status":true,"attempt":"one"}} | attempt must be a whole number
          {"headers":{"flowId":"f","stepName":"s","action":"DO","status":true,"saga-command-id":"x"}} | 32 hexadecimal digits
          {"headers":{"flowId":"f","stepName":"s","action":"DO","status":true,"saga-outcome":"UNKNOWN"}} | contradicts status true
          """)
  void refusesWithTheReason(String json, String reason) {
    assertThatThrownBy(() -> decode(json))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aLongErrorMessageIsCut() throws MalformedRecordException {
    Answer answer =
        decode(
            "{\"headers\":{\"flowId\":\"f\",\"stepName\":\"s\",\"action\":\"DO\",\"status\":false,"
                + "\"errorMessage\":\""
                + "x".repeat(5_000)
                + "\"}}");

    assertThat(answer.errorMessage()).hasSize(AnswerEnvelope.MAX_ERROR_LENGTH + 1).endsWith("…");
  }

  private static Answer decode(String json) throws MalformedRecordException {
    return AnswerEnvelope.decode(json.getBytes(UTF_8), null, HeaderLookup.NONE);
  }

  private static String encoded(
      Map<String, String> echoed, AnswerAction action, @Nullable String error, String payload) {
    Map<String, RawJson> headers = new LinkedHashMap<>();
    echoed.forEach((name, value) -> headers.put(name, RawJson.trusted(value.getBytes(UTF_8))));
    return new String(
        AnswerEnvelope.encode(
            headers, action, error == null, error, RawJson.trusted(payload.getBytes(UTF_8))),
        UTF_8);
  }

  @Test
  void anAnswerHasTheHeadersOfItsCommandAndItsOwnOverThem() {
    Map<String, String> echoed = new LinkedHashMap<>();
    echoed.put("flowId", "\"f-1\"");
    echoed.put("status", "\"of the start\"");
    echoed.put("action", "\"DO\"");
    echoed.put("n\"ä", "{\"a\" : 1.50}");

    assertThat(encoded(echoed, AnswerAction.UNDO, null, "[1, 2]"))
        .isEqualTo(
            "{\"headers\":{\"flowId\":\"f-1\",\"status\":true,\"action\":\"UNDO\","
                + "\"n\\\"ä\":{\"a\" : 1.50}},\"payload\":[1, 2]}");
  }

  @Test
  void headersThatTheCommandDoesNotHaveFollow() {
    assertThat(encoded(Map.of("flowId", "\"f-1\""), AnswerAction.FAIL_STEP, "no \"x\"", "null"))
        .isEqualTo(
            "{\"headers\":{\"flowId\":\"f-1\",\"action\":\"FAIL_STEP\",\"status\":false,"
                + "\"errorMessage\":\"no \\\"x\\\"\"},\"payload\":null}");
    assertThat(encoded(Map.of(), AnswerAction.DO, null, "{}"))
        .isEqualTo("{\"headers\":{\"action\":\"DO\",\"status\":true},\"payload\":{}}");
  }

  @Test
  void anErrorMessageThatTheCommandHasStaysUnlessTheAnswerHasOne() {
    Map<String, String> echoed = Map.of("errorMessage", "\"old\"");

    assertThat(encoded(echoed, AnswerAction.DO, null, "{}"))
        .startsWith("{\"headers\":{\"errorMessage\":\"old\",");
    assertThat(encoded(echoed, AnswerAction.DO, "new", "{}"))
        .startsWith("{\"headers\":{\"errorMessage\":\"new\",");
  }
}
