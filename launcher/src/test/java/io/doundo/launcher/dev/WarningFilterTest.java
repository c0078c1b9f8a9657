package io.doundo.launcher.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WarningFilterTest {

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final WarningFilter warnings =
      new WarningFilter("orchestrator", new PrintStream(shown, true, UTF_8)::println);

  @Test
  void ownWarningsAndAllErrorsAreShownInShort() {
    Stream.of(
            "2026-11-21T03:41:26.894Z  WARN 17 --- [doundo] [tion] i.d.o.r.RegistrationListener  : refused : it",
            "2026-11-21T03:41:26.894Z ERROR 17 --- [doundo] [main] o.s.b.SpringApplication        : gone",
            "2026-11-21T03:04:05.664 WARN  io.doundo.orchestrator.Main - none - left",
            "2026-11-21T03:41:26.894Z  WARN 17 --- [doundo] [main] o.s.b.SpringApplication        : noise",
            "2026-11-21T03:41:26.894Z ERROR 17 --- [doundo] [main] o.a.k.c.p.i.Sender             : retrying",
            "2026-11-21T03:41:26.894Z  INFO 17 --- [doundo] [main] i.d.o.app.OrchestratorService  : WARN us",
            "\tat io.doundo.Some.where(ERROR)")
        .forEach(warnings::line);

    assertThat(shown.toString(UTF_8).lines())
        .containsExactly(
            "  [orchestrator] WARN: refused : it",
            "  [orchestrator] ERROR: gone",
            "  [orchestrator] WARN: none - left");
  }

  @Test
  void structuredLogsAreReadToo() {
    Stream.of(
            "{\"@timestamp\":\"2026-11-21T03:41:26Z\",\"log\":{\"level\":\"WARN\",\"logger\":\"io.doundo.A\"},\"message\":\"ecs\"}",
            "{\"@timestamp\":\"2026-11-21T03:41:26Z\",\"message\":\"logstash\",\"logger_name\":\"io.doundo.A\",\"level\":\"ERROR\",\"level_value\":40000}",
            "{\"version\":\"1.1\",\"short_message\":\"gelf\",\"level\":4,\"_level_name\":\"WARN\",\"_log_logger\":\"io.doundo.A\"}",
            "{\"log\":{\"level\":\"INFO\",\"logger\":\"io.doundo.A\"},\"message\":\"quiet\"}",
            "{\"log\":{\"level\":\"WARN\",\"logger\":\"org.apache.kafka.A\"},\"message\":\"kafka\"}",
            "{no JSON")
        .forEach(warnings::line);

    assertThat(shown.toString(UTF_8).lines())
        .containsExactly(
            "  [orchestrator] WARN: ecs",
            "  [orchestrator] ERROR: logstash",
            "  [orchestrator] WARN: gelf");
  }

  @Test
  void aMessageThatComesAgainIsShownInShortAndEverMoreSeldom() {
    String rest = "the broker has not answered for a long time ".repeat(6);
    for (int i = 1; i <= 1_000; i++) {
      warnings.line(
          "2026-11-21T03:04:05.664 WARN io.doundo.orchestrator.Main - " + i + " s: " + rest);
    }

    assertThat(shown.toString(UTF_8).lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("  [orchestrator] WARN: 1 s: " + rest),
            line ->
                assertThat(line)
                    .startsWith("  [orchestrator] WARN, 10 times now: 10 s: the broker")
                    .hasSizeLessThan(130),
            line -> assertThat(line).startsWith("  [orchestrator] WARN, 100 times now: "),
            line -> assertThat(line).startsWith("  [orchestrator] WARN, 1000 times now: "));
  }

  @Test
  void aFloodIsCutShort() {
    for (int i = 0; i < 100; i++) {
      warnings.line("2026-11-21T03:04:05.664 ERROR io.doundo.orchestrator.Main - " + "x".repeat(i));
    }

    assertThat(shown.toString(UTF_8).lines())
        .hasSize(6)
        .last()
        .isEqualTo("  [orchestrator] … more in its log");
  }
}
