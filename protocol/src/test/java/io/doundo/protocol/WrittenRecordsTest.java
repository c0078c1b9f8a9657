package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Golden samples of what the orchestrator writes. */
class WrittenRecordsTest {

  @Test
  void aCommandHasExactlyTheEightHeaders() throws MalformedRecordException {
    byte[] value =
        new CommandEnvelope("f-\"1\"", "o", "createRealm", CommandAction.UNDO, 2, 3, 1_000)
            .encode(Json.value("{ \"n\": 1.50 }".getBytes(UTF_8)));

    assertThat(new String(value, UTF_8))
        .isEqualTo(
            "{\"headers\":{\"flowId\":\"f-\\\"1\\\"\",\"orchestrationName\":\"o\","
                + "\"stepName\":\"createRealm\",\"action\":\"UNDO\",\"seq\":2,\"attempt\":3,"
                + "\"eventType\":\"undocreateRealm\",\"timestamp\":\"1970-01-01T00:00:01Z\"},"
                + "\"payload\":{ \"n\": 1.50 }}");
  }

  @Test
  void anAuditRecordLeavesOutWhatIsAbsent() throws MalformedRecordException {
    AuditRecord written =
        new AuditRecord(
            "f",
            "inc",
            "o",
            null,
            1,
            5,
            "WAITING",
            Json.value("{\"type\":\"FlowStarted\",\"n\":1.0}".getBytes(UTF_8)),
            List.of(
                new AuditRecord.Entry(
                    "FLOW_WAITING", null, null, 0, 0, -1, null, null, Instant.ofEpochMilli(5)),
                new AuditRecord.Entry(
                    "STEP_FAILED",
                    "s",
                    CommandAction.DO,
                    1,
                    2,
                    12,
                    "w",
                    "boom",
                    Instant.ofEpochMilli(6))));

    byte[] value = written.encode();

    assertThat(new String(value, UTF_8))
        .isEqualTo(
            "{\"flowId\":\"f\",\"incarnation\":\"inc\",\"orchestrationName\":\"o\","
                + "\"transition\":1,\"at\":5,\"status\":\"WAITING\","
                + "\"input\":{\"type\":\"FlowStarted\",\"n\":1.0},\"events\":["
                + "{\"type\":\"FLOW_WAITING\",\"timestamp\":\"1970-01-01T00:00:00.005Z\"},"
                + "{\"type\":\"STEP_FAILED\",\"step\":\"s\",\"operation\":\"DO\",\"generation\":1,"
                + "\"attempt\":2,\"durationMs\":12,\"worker\":\"w\",\"reason\":\"boom\","
                + "\"timestamp\":\"1970-01-01T00:00:00.006Z\"}]}");
    assertThat(AuditRecord.decode(value)).isEqualTo(written);
  }

  @Test
  void aDeadLetterKeepsTheRecordByteForByte() {
    byte[] value = {(byte) 0xff, 0, 1};
    DeadLetter letter =
        DeadLetter.of(value, new DeadLetter.Source("t", 1, 2, 3), "not understood", 10);

    assertThat(letter.value()).isEqualTo(value);
    assertThat(letter.headers().keySet())
        .containsExactly(
            "dead-letter-reason",
            "dead-letter-source-topic",
            "dead-letter-source-partition",
            "dead-letter-source-offset",
            "dead-letter-source-timestamp");
    assertThat(letter.headers().get("dead-letter-reason"))
        .asString(UTF_8)
        .isEqualTo("not understood");
  }

  @Test
  void anOversizedDeadLetterKeepsAPrefixAndItsHash() {
    DeadLetter letter =
        DeadLetter.of("abc".getBytes(UTF_8), new DeadLetter.Source("t", 1, 2, 3), "too long", 2);

    assertThat(letter.value()).asString(UTF_8).isEqualTo("ab");
    assertThat(letter.headers().get("dead-letter-length")).asString(UTF_8).isEqualTo("3");
    assertThat(letter.headers().get("dead-letter-sha256"))
        .asString(UTF_8)
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}
