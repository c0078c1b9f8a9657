package io.doundo.orchestrator.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.ControlAction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** The console has a word for every status, and a button for every verb. */
class ConsoleWordsTest {

  @Test
  void everyStatusHasAColourAShapeAndAWord() throws IOException {
    String source = file("model/status.js");
    assertThat(keys(source, "FLOW"))
        .containsExactlyInAnyOrderElementsOf(names(FlowStatus.values()));
    assertThat(keys(source, "STEP"))
        .containsExactlyInAnyOrderElementsOf(names(StepStatus.values()));
    assertThat(keys(source, "PARKED"))
        .containsExactlyInAnyOrderElementsOf(names(ParkReason.values()));
  }

  @Test
  void everyVerbHasAButtonAndSaysWhatItDoes() throws IOException {
    List<String> verbs =
        ControlAction.VERBS.stream().map(verb -> verb.name().toLowerCase(Locale.ROOT)).toList();
    String source = file("parts/verbs.js");
    assertThat(keys(source, "EFFECT")).containsExactlyInAnyOrderElementsOf(verbs);
    for (String verb : verbs) {
      assertThat(source.lines().filter(line -> line.startsWith("export const VERBS")).findFirst())
          .hasValueSatisfying(line -> assertThat(line).contains('\'' + verb + '\''));
    }
  }

  private static List<String> names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).toList();
  }

  /** The keys of an object that is a constant of a module. */
  private static List<String> keys(String source, String constant) {
    String start = "const " + constant + " = {";
    assertThat(source).contains(start);
    String body = source.substring(source.indexOf(start) + start.length());
    return Stream.of(body.substring(0, body.indexOf("};")).split("\n", -1))
        .map(line -> Pattern.compile("^  (\\w+): ").matcher(line))
        .filter(matcher -> matcher.find())
        .map(matcher -> matcher.group(1))
        .toList();
  }

  private static String file(String name) throws IOException {
    try (InputStream bytes = new ClassPathResource("static/console/" + name).getInputStream()) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
