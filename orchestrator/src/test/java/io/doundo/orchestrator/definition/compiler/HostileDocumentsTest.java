package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.compile;
import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static io.doundo.orchestrator.definition.compiler.Compiling.problems;
import static io.doundo.orchestrator.definition.compiler.Compiling.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.streams.EngineSettings;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents that look small or plausible but would cost or reveal too much if accepted as is. */
class HostileDocumentsTest {

  @Test
  void manyPivotsAreReportedWithoutListingAllTheirNeighbours() {
    String steps =
        IntStream.range(0, 200)
            .mapToObj(i -> "{name: s" + i + "x".repeat(25) + ", pivot: true}")
            .collect(Collectors.joining(", "));
    CompiledRegistration compiled =
        compile("{orchestrationName: o, type: parallel, steps: [" + steps + "]}");

    assertThat(compiled.problems()).hasSize(200);
    assertThat(compiled.problems().get(0).message())
        .contains("a pivot must run alone, but \"s1xxx", "and 194 more may run at the same time");
    assertThat(compiled.reason()).hasSizeLessThan(4_000).endsWith(" more");
  }

  @Test
  void aLongCycleIsReportedByItsEnds() {
    String steps =
        IntStream.range(0, 200)
            .mapToObj(i -> "{name: s%d, dependsOn: [s%d]}".formatted(i, (i + 1) % 200))
            .collect(Collectors.joining(", "));

    assertThat(problems("{orchestrationName: o, type: graph, steps: [" + steps + "]}"))
        .singleElement()
        .asString()
        .contains("s0 -> s1 -> s2", "… 191 more …", "-> s199 -> s0");
  }

  @Test
  void aDefinitionTooLargeToBeStoredIsRefusedWithItsSize() {
    String text = "x".repeat(249);
    String patterns =
        IntStream.range(0, 20).mapToObj(i -> "*p").collect(Collectors.joining(", ", "[", "]"));
    String retry = "{retryOn: %s, abortOn: %s}".formatted(patterns, patterns);
    String steps =
        IntStream.range(0, 200)
            .mapToObj(i -> "  - {name: s%d, retry: %s, undoRetry: %s}\n".formatted(i, retry, retry))
            .collect(Collectors.joining());

    assertThat(problems("description: &p " + text + "\norchestrationName: o\nsteps:\n" + steps))
        .singleElement()
        .asString()
        .containsPattern("takes 4,\\d{3},\\d{3} bytes .* at most 1,000,000 fit into one record");
  }

  @Test
  void everyoneDependingOnAllBeforeIsRefusedWhenItIsTooLarge() {
    String tail = "x".repeat(42);
    StringBuilder steps = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      String before =
          IntStream.range(0, i).mapToObj(n -> "s" + n + tail).collect(Collectors.joining(","));
      steps.append(i == 0 ? "" : ",").append("{name: s").append(i).append(tail);
      steps.append(", dependsOn: [").append(before).append("]}");
    }
    String document = "{orchestrationName: o, type: graph, steps: [" + steps + "]}";

    assertThat(problems(document)).singleElement().asString().contains("bytes", "at most");
  }

  @Test
  void oneAnchoredBlockMayBeUsedByAllSteps() {
    String steps =
        IntStream.range(1, 200)
            .mapToObj(i -> "  - {name: s" + i + ", retry: *patient}\n")
            .collect(Collectors.joining());

    assertThat(
            definition(
                    "orchestrationName: o\nsteps:\n"
                        + "  - {name: s0, retry: &patient {maxAttempts: 9, retryOn: [a, b]}}\n"
                        + steps)
                .steps())
        .hasSize(200)
        .allSatisfy(step -> assertThat(step.retry().maxAttempts()).isEqualTo(9));
  }

  @Test
  void mergesAreCountedLikeAliases() {
    String fields =
        IntStream.range(0, 2_000).mapToObj(i -> "f" + i + ": 1").collect(Collectors.joining(", "));
    String merges =
        IntStream.range(0, 5_000)
            .mapToObj(i -> "  - {name: s" + i + ", <<: *many}\n")
            .collect(Collectors.joining());

    assertThat(problems("many: &many {" + fields + "}\norchestrationName: o\nsteps:\n" + merges))
        .singleElement()
        .asString()
        .contains("(line ", "more than 100,000 values once its aliases are expanded");
  }

  @Test
  void anAliasWithinWhatItRepeatsIsNamed() {
    assertThat(problems("orchestrationName: o\nsteps: &a [*a]\n"))
        .singleElement()
        .asString()
        .contains("line 2", "*a refers to a value that contains it");
  }

  @Test
  void theLimitOfRegistrationsCountsAcrossDocuments() {
    String document =
        IntStream.range(0, 501)
            .mapToObj(i -> "{orchestrationName: o" + i + ", steps: [{name: a}]}")
            .collect(Collectors.joining("\n---\n"));

    assertThat(compile(document).results()).hasSize(1);
    assertThat(problems(document))
        .containsExactly("the record has 501 registrations in total; at most 500 are allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"seq: %s", "timeout: %s", "retry: {jitter: %s}", "maxRetries: %s"})
  void aNumberWithoutEndIsRefusedAtOnce(String field) {
    for (String endless : new String[] {"1".repeat(500_000), "1s".repeat(250_000)}) {
      assertThat(
              problems(
                  "orchestrationName: o\nsteps: [{name: a, " + field.formatted(endless) + "}]"))
          .singleElement()
          .asString()
          .hasSizeLessThan(500);
    }
  }

  @Test
  void aFieldNameWithoutEndIsAWarningOfOneLine() {
    assertThat(
            warnings(
                "orchestrationName: o\n? "
                    + "stepss".repeat(100_000)
                    + "\n: 1\nsteps: [{name: a}]\n"))
        .singleElement()
        .asString()
        .endsWith("… (line 2): unknown field, ignored")
        .hasSizeLessThan(200);
  }

  @Test
  void aLineBreakInANameForgesNoLine() {
    assertThat(problems("orchestrationName: \"o\\nERROR forged\"\nsteps: [{name: a}]"))
        .singleElement()
        .asString()
        .contains("\"o\\nERROR forged\" must begin")
        .doesNotContain("\n");
    assertThat(warnings("orchestrationName: o\n\"x\\ny\": 1\nsteps: [{name: a}]"))
        .singleElement()
        .asString()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "- ", "? ", "a: {b: "})
  void nestingWithoutEndIsRefusedInWords(String opening) {
    assertThat(problems(opening.repeat(100_000)))
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem).doesNotContain("StackOverflow", "Exception"));
  }

  @Test
  void aDocumentMayBeAsLargeAsAnyOtherRecord() {
    assertThat(DocumentReader.MAX_BYTES)
        .isEqualTo(EngineSettings.of("localhost:9092", Path.of("state")).maxInputBytes());
  }
}
