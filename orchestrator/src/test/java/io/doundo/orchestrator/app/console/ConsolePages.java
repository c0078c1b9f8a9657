package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.HOSTILE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.ConsoleConfiguration;
import io.doundo.orchestrator.app.Rest.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/** What the pages show, and that they show it to everybody. */
abstract class ConsolePages extends ConsoleScenarios {

  private static final List<String> PAGES =
      List.of(
          "",
          "flows",
          "flows?status=PARKED&from=-1h",
          "flows/parked-1",
          "flows/parked-1#notify",
          "flows/done-1",
          "flows/undone-1",
          "orchestrations",
          "orchestrations/payment",
          "orchestrations/approval",
          "orchestrations/delivery?version=2&diff=1",
          "tasks",
          "tasks?flowId=asks-1&step=approve",
          "compare?a=undone-1&b=done-2",
          "jobs",
          "schedules",
          "schedules/nightReport/nightly",
          "incidents",
          "flows?inDoubt=true",
          "?window=24h",
          "dead-letters",
          "nowhere");

  private static final String AXE = axe();

  private static String axe() {
    try (InputStream script =
        new ClassPathResource("META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")
            .getInputStream()) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8) + ";window.axe = axe";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ConsolePages(RunningConsole console) {
    super(console);
  }

  @Test
  void everyPageShowsInBothThemesAndOnAPhone() {
    for (String path : PAGES) {
      go(path);
      awaitPage(path);
      assertAccessible(
          path, "light", List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa"), List.of());
      for (String theme : List.of("light", "dark")) {
        browser.run("document.documentElement.dataset.theme = arguments[0]", theme);
        for (int width : new int[] {1280, 360}) {
          browser.resize(width, 900);
          assertThat(browser.is("document.documentElement.scrollWidth <= innerWidth"))
              .as("%s fits into %d pixels", path, width)
              .isTrue();
          browser.screenshot(
              PICTURES.resolve(
                  "%s-%d-%s.webp"
                      .formatted(
                          path.isEmpty() ? "overview" : path.replaceAll("\\W", "-"),
                          width,
                          theme)));
        }
      }
      assertAccessible(path, "dark", List.of(), List.of("color-contrast"));
    }
  }

  /** Checks the page with axe-core; colours are all that differs between the themes. */
  private void assertAccessible(String path, String theme, List<String> tags, List<String> rules) {
    assertThat(browser.complaints()).as(path).isEmpty();
    browser.resize(1280, 900);
    browser.run("document.documentElement.dataset.theme = arguments[0]", theme);
    if (browser.is("!window.axe")) {
      browser.run(AXE);
    }
    JsonNode violations =
        browser.runAsync(
            "const done = arguments[arguments.length - 1];"
                + " axe.run(document, {runOnly: {type: arguments[0], values: arguments[1]}, resultTypes: ['violations']})"
                + ".then(found => done(found.violations"
                + ".filter(one => ['serious', 'critical'].includes(one.impact))"
                + ".map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' '))),"
                + " failure => done([String(failure)]))",
            rules.isEmpty() ? "tag" : "rule",
            rules.isEmpty() ? tags : rules);
    // Its own canvas is no matter of the page.
    browser.complaints();
    assertThat(violations).as("%s in the %s theme", path, theme).isEmpty();
  }

  @Test
  void whatOthersWroteStaysText() {
    go("flows");
    browser.awaitText("onerror=document.title=1");
    assertThat(browser.text()).doesNotContain("\u202E").contains("\u27E8U+202E\u27E9");
    assertThat(browser.is("document.querySelector('main img, main script, main b')")).isFalse();

    go("flow?flowId=" + URLEncoder.encode(HOSTILE_ID, StandardCharsets.UTF_8));
    browser.awaitText("<script>document.title");
    assertThat(browser.text()).doesNotContain("\u202E", "\u0000").contains("\u27E8U+0000\u27E9");
    browser.run("document.getElementById('tab-payload').click()");
    browser.awaitText("<b>\u27E8U+202E\u27E9bold</b>");
    browser.run("document.getElementById('tab-raw').click()");
    browser.awaitText("\"flowId\": \"<img");
    assertThat(browser.is("document.documentElement.scrollWidth <= innerWidth")).isTrue();
    assertThat(browser.is("document.querySelector('main img, main script, main b')")).isFalse();
    assertThat(browser.run("return document.title").stringValue())
        .contains("<img")
        .doesNotContain("\u202E");

    // The policy is in force in the page: no text can become markup, even by mistake.
    assertThat(
            browser.is(
                "(() => { try { document.body.innerHTML = '<b>owned</b>'; return false; }"
                    + " catch (e) { return e instanceof TypeError; } })()"))
        .isTrue();
    assertThat(browser.complaints()).hasSize(1).first().asString().contains("TrustedHTML");

    go("flows/asks-1");
    browser.awaitText("<b>Approve</b> the order");
    browser.awaitText("for ann");
    assertThat(browser.is("document.querySelector('main b')")).isFalse();

    go("dead-letters");
    press("[data-letter]");
    browser.awaitText("nonsense");
    assertThat(browser.is("document.querySelector('main b')")).isFalse();
  }

  @Test
  void aFlowIsDrawnAsTheVersionItRunsOnAndTheNewerOneSaysWhatItChanges() {
    go("flows/done-2");
    browser.awaitTrue("document.querySelectorAll('svg.graph .node').length === 2");
    click("what it changes");
    browser.awaitText("What v2 changes against v1");
    browser.awaitTrue("document.querySelectorAll('svg.graph .node').length === 3");
    assertThat(browser.is("document.querySelector('.node.done .word').textContent === 'added'"))
        .isTrue();
    assertThat(browser.is("document.querySelector('.edge.removed')")).isTrue();
    assertThat(browser.text()).contains("timeout", "PT5M", "PT1M30S");
    click("Without the comparison");
    browser.awaitTrue("!document.querySelector('.changes')");
    browser.run("history.back()");
    browser.awaitText("What v2 changes against v1");
    go("orchestrations/delivery?version=9");
    browser.awaitText("has no version 9; kept are 1, 2");
    onlyComplaintsAbout("404");
  }

  @Test
  void aScheduleIsShownTriggeredAndPaused() {
    go("schedules");
    browser.awaitText("nightReport/nightly");
    browser.awaitText("0 2 * * * Europe/Berlin");
    go("schedules/nightReport/nightly");
    browser.awaitText("Next times");
    press("[data-verb=trigger]");
    browser.awaitText("triggered");
    press("main a[href*='nightReport.nightly.']");
    browser.awaitText("schedule/nightReport/nightly");
    go("schedules/nightReport/nightly");
    browser.awaitText("Operate");
    write("main [name=reason]", "stocktaking");
    press("[data-verb=pause]");
    browser.awaitText("Paused by");
    browser.awaitText("stocktaking");
    press("[data-verb=resume]");
    browser.awaitText("Next times");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aFlowIsComparedWithTheLastGoodOne() {
    go("flows/undone-1");
    browser.awaitText("Compare with the last one that completed");
    click("Compare with the last one that completed");
    browser.awaitText("The flows part at send");
    assertThat(browser.run("return location.search").stringValue())
        .isEqualTo("?a=undone-1&b=done-2");
    assertThat(browser.run("return document.querySelector('tr.parting').innerText").stringValue())
        .contains("send", "the first difference");
    assertThat(browser.text()).contains("<script>document.title", "The same in both.");
    assertThat(browser.is("document.querySelector('main img, main script, main b')")).isFalse();
    click("Swap");
    browser.awaitTrue("location.search === '?a=done-2&b=undone-1'");
    browser.awaitText("The flows part at send");
  }

  @Test
  void whatSomebodyNarrowsAListByStandsInTheAddress() {
    go("flows");
    browser.awaitTrue("document.querySelector('[aria-label=\"Orchestration\"].facet')");
    browser.run(
        "[...document.querySelectorAll('.facet button')]"
            + ".find(one => one.innerText.startsWith('delivery')).click()");
    browser.awaitTrue("location.search === '?orchestration=delivery'");
    browser.awaitText("undone-1");
    assertThat(browser.text()).doesNotContain("many-1");
    browser.press("t");
    type("from", "-1h");
    browser.press("Enter");
    browser.awaitTrue("location.search.includes('from=-1h')");
    click("Pin the time");
    browser.awaitTrue("location.search.includes('Z')");
    browser.press("t");
    browser.run("localStorage.clear()");
  }

  @Test
  void thePageAndItsFilesComeWithThePolicyAndTheApiDoesNot() {
    for (String path :
        List.of(
            "/",
            "/flows",
            "/flows/any.thing",
            "/console/app.js",
            "/console/lib/lit-html/lit-html.js")) {
      Reply reply = rest.get(path, "Accept", path.startsWith("/console") ? "*/*" : "text/html");
      assertThat(reply.status()).as(path).isEqualTo(200);
      assertThat(reply.http().headers().firstValue("Content-Security-Policy"))
          .as(path)
          .hasValue(ConsoleConfiguration.CONTENT_SECURITY_POLICY);
      assertThat(reply.http().headers().firstValue("Cache-Control"))
          .as(path)
          .hasValue(path.startsWith("/console") ? "no-cache" : "no-store");
    }
    String tag = rest.get("/console/app.js").http().headers().firstValue("ETag").orElseThrow();
    assertThat(rest.get("/console/app.js", "If-None-Match", tag).status()).isEqualTo(304);
    assertThat(rest.get("/flows/a/b", "Accept", "text/html").http().body())
        .contains("src=\"../../console/app.js\"");
    String page = rest.get("/flows/a/b", "Accept", "text/html").http().body();
    assertThat(page)
        .contains("<link rel=\"modulepreload\" href=\"../../console/model/url.js\">")
        .contains("href=\"../../console/lib/lit-html/directives/live.js\">")
        .doesNotContain("{");
    for (String path :
        List.of("/api/nothing", "/v3/nothing", "/swagger-ui/nothing", "/console/nothing.js")) {
      assertThat(rest.get(path, "Accept", "text/html").status()).as(path).isEqualTo(404);
    }
    assertThat(rest.get("/flows", "Accept", "application/json").status()).isEqualTo(404);
    assertThat(rest.get("/api/flows").http().headers().firstValue("Content-Security-Policy"))
        .isEmpty();
  }
}
