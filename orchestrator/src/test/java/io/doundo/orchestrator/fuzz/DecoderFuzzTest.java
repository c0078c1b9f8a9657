package io.doundo.orchestrator.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever is on a topic, a decoder reads it or says why it cannot, nothing else, and soon. {@code
 * -Ddoundo.fuzz.seeds=1000000} for more, {@code -Ddoundo.fuzz.from} to begin elsewhere.
 */
@Timeout(600)
class DecoderFuzzTest {

  private static final long SEEDS = Long.getLong("doundo.fuzz.seeds", 5_000);
  private static final long FROM = Long.getLong("doundo.fuzz.from", 0);

  /** A decoder: reads the bytes or throws what it declares. */
  private interface Decoder {
    Object decode(byte[] value, byte[] key, HeaderLookup headers) throws MalformedRecordException;
  }

  private static final List<String> HEADER_NAMES =
      List.of(
          RecordHeaders.COMMAND_ID,
          RecordHeaders.ATTEMPT,
          RecordHeaders.GENERATION,
          RecordHeaders.DEADLINE,
          RecordHeaders.EFFECT,
          RecordHeaders.OUTCOME,
          RecordHeaders.FIRST_SENT,
          RecordHeaders.INCARNATION,
          "flowId",
          "orchestrationName");

  private static void each(LongConsumer body) {
    for (long seed = FROM; seed < FROM + SEEDS; seed++) {
      body.accept(seed);
    }
  }

  private static void decodes(List<byte[]> corpus, Decoder decoder) {
    each(
        seed -> {
          Mutator mutator = new Mutator(seed);
          byte[] value = mutator.mutated(corpus);
          byte[] header = mutator.mutated(List.of(Corpus.bytes("17"), Corpus.bytes("DONE")));
          String name = mutator.one(HEADER_NAMES);
          try {
            Object read =
                decoder.decode(
                    value,
                    mutator.mutated(List.of(Corpus.bytes("flow-1"))),
                    asked -> asked.equals(name) ? header : null);
            assertThat(read).isNotNull();
          } catch (MalformedRecordException e) {
            assertThat(e.getMessage()).as(told(seed, value)).isNotBlank();
          } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(told(seed, value), e);
          }
        });
  }

  private static String told(long seed, byte[] value) {
    byte[] head = value.length > 2_000 ? Arrays.copyOf(value, 2_000) : value;
    return "seed %d, %d bytes: %s%n%s"
        .formatted(
            seed,
            value.length,
            new String(head, StandardCharsets.UTF_8),
            HexFormat.of().formatHex(head));
  }

  @Test
  void startsAreReadOrRefusedWithAReason() {
    decodes(Corpus.starts(), StartEvent::decode);
  }

  @Test
  void answersAreReadOrRefusedWithAReason() {
    decodes(Corpus.answers(), AnswerEnvelope::decode);
  }

  @Test
  void controlsAreReadOrRefusedWithAReason() {
    decodes(Corpus.controls(), ControlCommand::decode);
  }

  @Test
  void commandsAreReadOrRefusedWithAReason() {
    decodes(Corpus.commands(), ReceivedCommand::decode);
  }

  @Test
  void auditRecordsAreReadOrRefusedWithAReason() {
    decodes(
        List.of(
            Corpus.bytes(
                "{\"flowId\":\"f\",\"incarnation\":\"0123456789abcdef0123456789abcdef\","
                    + "\"orchestrationName\":\"order\",\"transition\":7,\"at\":1795000000000,"
                    + "\"status\":\"UNDOING\",\"input\":{\"type\":\"StepFailed\"},\"events\":["
                    + "{\"type\":\"STEP_FAILED\",\"step\":\"one\",\"operation\":\"DO\","
                    + "\"generation\":1,\"attempt\":3,\"durationMs\":12,"
                    + "\"timestamp\":\"2026-11-20T10:00:00Z\"}]}")),
        (value, key, headers) -> AuditRecord.decode(value));
  }

  @Test
  void storedDefinitionsAreReadOrRefusedWithAReason() {
    List<byte[]> stored =
        Corpus.registrations().stream()
            .flatMap(
                document ->
                    RegistrationCompiler.compile(document, Map.of()).results().stream()
                        .filter(CompiledRegistration.Defined.class::isInstance)
                        .map(CompiledRegistration.Defined.class::cast))
            .map(defined -> DefinitionCodec.encode(defined.orchestration()))
            .toList();

    decodes(stored, (value, key, headers) -> DefinitionCodec.decode(value));
  }

  @Test
  void registrationsAreCompiledOrRefusedWithEveryProblem() {
    List<byte[]> corpus = Corpus.registrations();
    each(
        seed -> {
          byte[] document = new Mutator(seed).mutated(corpus);
          CompiledRegistration compiled;
          try {
            compiled = RegistrationCompiler.compile(document, Map.of("serviceName", "fuzz"));
            assertThat(compiled.results()).as(told(seed, document)).isNotEmpty();
          } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(told(seed, document), e);
          }
          if (!compiled.accepted()) {
            assertThat(compiled.reason()).as(told(seed, document)).isNotBlank();
            assertThat(compiled.problems())
                .as(told(seed, document))
                .extracting(Problem::message)
                .allSatisfy(message -> assertThat(message).isNotBlank());
          }
        });
  }
}
