package io.doundo.orchestrator.app.console;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Pictures of every page in both themes, and on a phone. They are kept in {@code target/console};
 * with {@code -Ddoundo.docs.update=true} those of a page are put side by side for the
 * documentation.
 */
abstract class ConsolePictures extends ConsoleScenarios {

  private static final Path DOCS = Path.of("..", "docs", "img");

  /** What the pages show last, of those that are drawn piece by piece. */
  private static final Map<String, String> COMPLETE =
      Map.of(
          "flows",
          "refund 41",
          "one-flow",
          "Retry notify",
          "schedules",
          "Europe/Berlin",
          "one-schedule",
          "Next times",
          "dead-letters",
          "1 group");

  private static final List<String> THEMES = List.of("light", "dark");
  private static final int DESKTOP = 1280;
  private static final int HEIGHT = 900;

  /** A picture for the documentation has this height, and all of a page's pictures side by side. */
  private static final int SHEET_HEIGHT = 400;

  private static final int SHEET_WIDTH = 1490;

  ConsolePictures(RunningConsole console) {
    super(console);
  }

  /** The address of each page by its name. */
  private SortedMap<String, String> pages() {
    String incident =
        rest.get("/api/incidents?orchestration=refund")
            .json()
            .at("/incidents/0/fingerprint")
            .stringValue();
    String job =
        rest.post(
                "/api/jobs",
                "{\"verb\":\"RETRY\",\"filter\":\"status=PARKED&orchestration=refund\","
                    + "\"reason\":\"the mails can be sent now\",\"perSecond\":20}")
            .json()
            .get("jobId")
            .stringValue();
    return new TreeMap<>(
        Map.ofEntries(
            Map.entry("overview", ""),
            Map.entry("flows", "flows"),
            Map.entry("one-flow", "flows/parked-1"),
            Map.entry("incidents", "incidents"),
            Map.entry("one-incident", "incidents/" + incident),
            Map.entry("tasks", "tasks"),
            Map.entry("one-task", "tasks?flowId=asks-1&step=approve"),
            Map.entry("orchestrations", "orchestrations"),
            Map.entry("one-orchestration", "orchestrations/payment"),
            Map.entry("compare", "compare?a=undone-1&b=done-2"),
            Map.entry("jobs", "jobs"),
            Map.entry("one-job", "jobs/" + job),
            Map.entry("schedules", "schedules"),
            Map.entry("breakers", "breakers"),
            Map.entry("one-breaker", "breakers/bank"),
            Map.entry("one-schedule", "schedules/nightReport/nightly"),
            Map.entry("dead-letters", "dead-letters")));
  }

  @Test
  void everyPageFitsInBothThemesAndOnAPhone() {
    whileABreakerIsOpen("bank", "maintenance of the bank until noon", this::takePictures);
  }

  private void takePictures() {
    SortedMap<String, String> pages = pages();
    for (Map.Entry<String, String> page : pages.entrySet()) {
      go(page.getValue());
      awaitPage();
      browser.awaitText(COMPLETE.getOrDefault(page.getKey(), ""));
      for (int width : List.of(DESKTOP, PHONE)) {
        browser.resize(width, HEIGHT);
        for (String theme : THEMES) {
          browser.run("document.documentElement.dataset.theme = arguments[0]", theme);
          assertIsNoWiderThan(width, page.getKey());
          browser.screenshot(picture(page.getKey(), width, theme));
        }
      }
      browser.resize(DESKTOP, HEIGHT);
    }
    if (Boolean.getBoolean("doundo.docs.update")) {
      writeSheets(pages.keySet());
    }
  }

  private static Path picture(String page, int width, String theme) {
    return PICTURES.resolve("%s-%d-%s.webp".formatted(page, width, theme));
  }

  private void writeSheets(Set<String> pages) {
    browser.open("about:blank");
    browser.resize(SHEET_WIDTH, SHEET_HEIGHT);
    for (String page : pages) {
      browser.showPictures(
          List.of(
              picture(page, DESKTOP, "light"),
              picture(page, DESKTOP, "dark"),
              picture(page, PHONE, "light"),
              picture(page, PHONE, "dark")));
      browser.screenshot(DOCS.resolve("console-page-" + page + ".webp"));
    }
    browser.open(base);
  }
}
