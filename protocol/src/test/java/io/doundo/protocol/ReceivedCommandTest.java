package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A worker's side of the wire agrees with the orchestrator's. */
class ReceivedCommandTest {

  private static final String ID = "0123456789abcdef0123456789abcdef";

  private static byte[] undo(String payload) throws MalformedRecordException {
    return new CommandEnvelope("f-1", "o", "createRealm", CommandAction.UNDO, 2, 3, 1_000)
        .encode(Json.value(payload.getBytes(UTF_8)));
  }

  @Test
  void whatTheOrchestratorWritesIsRead() throws MalformedRecordException {
    ReceivedCommand command =
        ReceivedCommand.decode(
            undo("{\"n\":1.50}"),
            null,
            HeaderLookup.of(
                Map.of(
                    "saga-command-id", ID,
                    "saga-generation", "2",
                    "saga-keys", "1,2",
                    "saga-incarnation", ID,
                    "saga-deadline", "6000",
                    "saga-first-sent", "900",
                    "saga-visible-since", "800",
                    "saga-undo-failed", "true",
                    "saga-effect", "DONE")));

    assertThat(command)
        .usingRecursiveComparison()
        .ignoringFields("headers")
        .isEqualTo(
            new ReceivedCommand(
                "f-1",
                "o",
                "createRealm",
                CommandAction.UNDO,
                3,
                2,
                List.of(1, 2),
                KnownEffect.DONE,
                ID,
                ID,
                Instant.ofEpochSecond(1),
                Instant.ofEpochSecond(6),
                Instant.ofEpochMilli(900),
                Instant.ofEpochMilli(800),
                true,
                Map.of(),
                Json.value("{\"n\":1.50}".getBytes(UTF_8))));
  }

  @Test
  void aCommandPutThereByHandNeedsOnlyFlowStepAndAction() throws MalformedRecordException {
    ReceivedCommand command =
        ReceivedCommand.decode(
            "{\"headers\":{\"stepName\":\"s\",\"action\":\"UNDO\"}}".getBytes(UTF_8),
            "f".getBytes(UTF_8),
            HeaderLookup.NONE);

    assertThat(command.flowId()).isEqualTo("f");
    assertThat(command.attempt()).isEqualTo(1);
    assertThat(command.generation()).isEqualTo(1);
    assertThat(command.effect()).isEqualTo(KnownEffect.UNKNOWN);
    assertThat(command.payload()).isEqualTo(RawJson.EMPTY_OBJECT);
  }

  @Test
  void whatCannotBeACommandExplainsWhy() {
    assertThatThrownBy(() -> decode("{\"headers\":{\"flowId\":\"f\",\"stepName\":\"s\"}}"))
        .hasMessage("the command has no header \"action\"");
    assertThatThrownBy(() -> decode("{\"headers\":{\"flowId\":\"f\",\"action\":\"DO\"}}"))
        .hasMessage("the command has no header \"stepName\"");
    assertThatThrownBy(
            () ->
                decode(
                    "{\"headers\":{\"flowId\":\"f\",\"action\":\"DO\",\"stepName\":\"s\","
                        + "\"attempt\":0}}"))
        .hasMessage("attempt must be a whole number from 1 but is \"0\"");
  }

  @Test
  void anAnswerEchoesAllHeadersOfItsCommandAndIsRead() throws MalformedRecordException {
    ReceivedCommand command = ReceivedCommand.decode(undo("{}"), null, HeaderLookup.NONE);

    byte[] value =
        AnswerEnvelope.encode(
            command.headers(), AnswerAction.UNDO, false, "x".repeat(2_000), RawJson.NULL);

    assertThat(Envelope.of(Json.fields(value)).headers().keySet())
        .containsExactly(
            "flowId",
            "orchestrationName",
            "stepName",
            "action",
            "seq",
            "attempt",
            "eventType",
            "timestamp",
            "status",
            "errorMessage");
    Answer answer = AnswerEnvelope.decode(value, null, HeaderLookup.NONE);
    assertThat(answer.attempt()).isEqualTo(3);
    assertThat(answer.status()).isFalse();
    assertThat(answer.errorMessage()).hasSize(AnswerEnvelope.MAX_ERROR_LENGTH + 1);
    assertThat(answer.payload()).isNull();
  }

  @Test
  void numbersAreReadInAnySpelling() throws MalformedRecordException {
    ReceivedCommand command =
        ReceivedCommand.decode(
            "{\"headers\":{\"flowId\":\"f\",\"action\":\"DO\",\"stepName\":\"s\",\"attempt\":2.0}}"
                .getBytes(UTF_8),
            null,
            HeaderLookup.of(Map.of("saga-generation", "3.0", "saga-deadline", "1.7e12")));

    assertThat(command.attempt()).isEqualTo(2);
    assertThat(command.generation()).isEqualTo(3);
    assertThat(command.deadline()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_000L));
  }

  private static ReceivedCommand decode(String value) throws MalformedRecordException {
    return ReceivedCommand.decode(value.getBytes(UTF_8), null, HeaderLookup.NONE);
  }
}
