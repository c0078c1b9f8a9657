package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.doundo.protocol.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every page is there within a second with 100,000 flows behind it. */
@Tag("deep")
class ConsoleTimesIT {

  private static final Duration ALL_STARTED = Duration.ofMinutes(15);
  private static final int MOST_MS = 1_000;

  /** How many flows of each orchestration: completed, waiting for a person, and parked. */
  private static final Map<String, Integer> FLOWS =
      Map.of("quick", 45_000, "approval", 45_000, "refund", 10_000);

  private static final List<String> PAGES =
      List.of(
          "",
          "flows",
          "flows?status=PARKED",
          "flows?search=approval-4",
          "flows?error=mail",
          "flows/approval-7",
          "flows/refund-7",
          "flows/refund-7#tell",
          "incidents",
          "tasks",
          "orchestrations",
          "orchestrations/refund",
          "compare?a=refund-7&b=refund-8",
          "jobs",
          "dead-letters");

  @Test
  void everyPageIsThereWithinASecondWithAHundredThousandFlows(@TempDir Path directory)
      throws IOException {
    Optional<Path> chromium = Browser.program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = Browser.program("chromedriver");
    assumeTrue(
        chromium.isPresent() && driver.isPresent(),
        "needs chromium and chromedriver in the PATH: apt-get install chromium chromium-driver");
    try (RunningConsole console = new RunningConsole(directory, chromium.get(), driver.get())) {
      console.register(
          """
          orchestrationName: quick
          vocabulary: 2
          steps:
            - {name: note, set: {done: true}}
          """);
      FLOWS.forEach((orchestration, many) -> start(console, orchestration, many));
      await("all flows rest")
          .atMost(ALL_STARTED)
          .pollInterval(Duration.ofSeconds(2))
          .until(() -> areAtRest(console));
      new Opening(console).assertQuick();
    }
  }

  private static void start(RunningConsole console, String orchestration, int many) {
    for (int i = 1; i <= many; i++) {
      String flowId = orchestration + '-' + i;
      console.worker.write(
          new ProducerRecord<>(
              Topics.EXECUTION_START,
              flowId.getBytes(StandardCharsets.UTF_8),
              "{\"orchestrationName\":\"%s\",\"flowId\":\"%s\",\"payload\":{\"amount\":%d}}"
                  .formatted(orchestration, flowId, i)
                  .getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static boolean areAtRest(RunningConsole console) {
    return count(console, "quick", "COMPLETED") >= 45_000
        && count(console, "approval", "IN_PROGRESS") >= 45_000
        && count(console, "refund", "PARKED") >= 10_000;
  }

  private static int count(RunningConsole console, String orchestration, String status) {
    return console
        .rest
        .get("/api/flows?limit=1&orchestration=" + orchestration + "&status=" + status)
        .json()
        .at("/total/count")
        .asInt(0);
  }

  /** Opens the pages one after the other, as somebody with a warm browser does. */
  private static final class Opening extends ConsoleScenarios {

    Opening(RunningConsole console) {
      super(console);
    }

    void assertQuick() {
      logIn();
      PAGES.forEach(this::took);
      Map<String, Integer> times = new LinkedHashMap<>();
      PAGES.forEach(path -> times.put(path, took(path)));
      assertThat(times).as("ms of each page: %s", times).allSatisfy(Opening::isQuick);
      assertThat(browser.complaints()).isEmpty();
    }

    private static void isQuick(String path, int ms) {
      assertThat(ms).as(path).isLessThan(MOST_MS);
    }

    /** How many ms pass until the page has what it reads, measured in the page. */
    private int took(String path) {
      int ms =
          browser
              .runAsync(
                  "const done = arguments[arguments.length - 1]; const from = performance.now();"
                      + " history.pushState(null, '', arguments[0]);"
                      + " dispatchEvent(new PopStateEvent('popstate'));"
                      + " const look = () => document.querySelector('.loading')"
                      + " || document.querySelector('main').innerText.length <= 20"
                      + " ? setTimeout(look, 5) : done(Math.round(performance.now() - from));"
                      + " look()",
                  base + path)
              .intValue();
      awaitPage(path);
      return ms;
    }
  }
}
