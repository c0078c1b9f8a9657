package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.BreakerCommand.Figures;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Control records for circuit breakers, as the API and people write them. */
class BreakerCommandTest {

  private static @Nullable BreakerCommand decoded(String json) throws MalformedRecordException {
    return BreakerCommand.decodeIfOne(json.getBytes(UTF_8));
  }

  @Test
  void aWrittenRecordIsReadAsItWas() throws MalformedRecordException {
    BreakerCommand open =
        new BreakerCommand(
            "c-1",
            "bank",
            BreakerVerb.OPEN,
            null,
            Instant.parse("2027-05-04T12:00:00Z"),
            "maintenance",
            "ann");
    BreakerCommand configure =
        new BreakerCommand(
            "c-2",
            "bank",
            BreakerVerb.CONFIGURE,
            new Figures(3, 5_000L, null, null),
            null,
            null,
            null);

    assertThat(BreakerCommand.decodeIfOne(open.encode())).isEqualTo(open);
    assertThat(BreakerCommand.decodeIfOne(configure.encode())).isEqualTo(configure);
  }

  @Test
  void otherRecordsAreLeftToOthers() throws MalformedRecordException {
    assertThat(BreakerCommand.decodeIfOne(null)).isNull();
    assertThat(decoded("no json, but a breaker")).isNull();
    assertThat(decoded("{\"action\":\"UNDO\",\"flowId\":\"breaker\"}")).isNull();
    assertThat(decoded("{\"action\":\"SCHEDULE\",\"schedule\":\"a/breaker\"}")).isNull();
  }

  @Test
  void anEnvelopeAndSmallLettersAreAccepted() throws MalformedRecordException {
    BreakerCommand reset =
        decoded("{\"headers\":{\"action\":\"breaker\",\"breaker\":\"bank\",\"verb\":\"reset\"}}");

    assertThat(reset)
        .isEqualTo(new BreakerCommand(null, "bank", BreakerVerb.RESET, null, null, null, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          "verb":"RESET"                                          ~ has no "breaker"
          "breaker":"bank"                                        ~ has no "verb"
          "breaker":"a b","verb":"RESET"                          ~ breaker
          "breaker":"bank","verb":"CLOSE"                         ~ verb
          "breaker":"bank","verb":"OPEN"                          ~ has no "until"
          "breaker":"bank","verb":"OPEN","until":"tomorrow"       ~ must be a time
          "breaker":"bank","verb":"CONFIGURE","faults":"-1"       ~ must be a whole number
          "breaker":"bank","verb":"CONFIGURE","windowMs":"60s"    ~ must be a whole number
          """)
  void whatIsMissingOrWrongIsSaid(String fields, String problem) {
    assertThatThrownBy(() -> decoded("{\"action\":\"BREAKER\"," + fields + "}"))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(problem);
  }
}
