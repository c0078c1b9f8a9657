package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.HOSTILE_ID;
import static io.doundo.orchestrator.app.console.RunningConsole.HOSTILE_TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.ConsoleConfiguration;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.protocol.Topics;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the pages show, and that they show it to everybody. */
abstract class ConsolePages extends ConsoleScenarios {

  ConsolePages(RunningConsole console) {
    super(console);
  }

  /**
   * A page in one of its states.
   *
   * @param open brings it about once the address is open
   */
  private record Shown(String name, String path, Runnable open) {}

  private static Shown page(String name, String path) {
    return new Shown(name, path, () -> {});
  }

  private List<Shown> pages() {
    String group =
        rest.get("/api/incidents?orchestration=strange")
            .json()
            .at("/incidents/0/fingerprint")
            .stringValue();
    String letter =
        rest.get("/api/dead-letters?limit=1&topic=" + Topics.DEFINITIONS)
            .json()
            .at("/deadLetters/0/id")
            .stringValue();
    String hostile = URLEncoder.encode(HOSTILE_ID, StandardCharsets.UTF_8);
    return List.of(
        page("overview", ""),
        page("overview of a day", "?window=24h"),
        page("flows", "flows"),
        page("parked flows", "flows?status=PARKED&from=-1h"),
        page("flows in doubt", "flows?inDoubt=true"),
        page("a flow", "flows/parked-1"),
        page("a flow that completed", "flows/done-1"),
        page("a hostile flow", "flow?flowId=" + hostile),
        page("a paused flow", "flows/waiting-1"),
        page("a step", "flows/strange-1#prod"),
        new Shown("a timeline", "flows/strange-1", () -> press("#tab-timeline")),
        new Shown("a payload", "flows/strange-1", () -> press("#tab-payload")),
        new Shown("a flow in full", "flows/strange-1", () -> press("#tab-raw")),
        new Shown("a verb", "flows/strange-1", () -> ask("r")),
        new Shown("an undo plan", "flows/done-1", () -> press("#tab-plan")),
        page("orchestrations", "orchestrations"),
        page("an orchestration", "orchestrations/payment"),
        page("a hostile orchestration", "orchestrations/strange"),
        page("an orchestration with a task", "orchestrations/question"),
        page("two versions", "orchestrations/delivery?version=2&diff=1"),
        page("tasks", "tasks"),
        page("a task", "tasks?flowId=asks-3&step=ask"),
        page("two flows", "compare?b=undone-1&a=" + hostile),
        page("jobs", "jobs"),
        page("a job", "jobs/" + job(HOSTILE_TEXT)),
        page("schedules", "schedules"),
        page("a schedule", "schedules/nightReport/nightly"),
        page("breakers", "breakers"),
        page("a breaker", "breakers/bank"),
        page("notifications", "notifications?state=PENDING"),
        page("a notification", "notifications/" + console.notification("strange-1", "/id")),
        page("incidents", "incidents"),
        page("an incident", "incidents/" + group),
        new Shown("a bulk verb", "incidents/" + group, () -> ask("r")),
        page("dead letters", "dead-letters"),
        page("a dead letter", "dead-letters?letter=" + letter),
        new Shown("the keys", "flows", this::help),
        page("no page", "nowhere"));
  }

  private String job(String reason) {
    for (JsonNode job : rest.get("/api/jobs").json().get("jobs")) {
      if (job.path("reason").asString("").equals(reason)) {
        return job.get("jobId").stringValue();
      }
    }
    throw new AssertionError("no job has the reason " + reason);
  }

  private void ask(String key) {
    browser.awaitTrue("document.querySelector('main .buttons button')");
    browser.press(key);
    browser.awaitTrue("document.querySelector('dialog[open]')");
  }

  private void help() {
    browser.press("?");
    browser.awaitTrue("document.querySelector('.help')");
  }

  @Test
  void everyPageIsAccessibleAndShowsHostileTextsAsText() {
    console.fillInHostileTexts();
    whileABreakerIsOpenForLong(
        "carrier",
        HOSTILE_TEXT,
        () -> whileABreakerIsOpen("bank", HOSTILE_TEXT, this::assertEveryPageIsAccessible));
  }

  @Test
  void aBreakerThatIsOpenForLongIsAnIncident() {
    whileABreakerIsOpenForLong(
        "postOffice",
        "the post office is on strike",
        () -> {
          go("incidents");
          browser.awaitText("the post office is on strike");
          assertThat(browser.text()).contains("postOffice", "forced open", "0 steps", "by kim");
          click("postOffice");
          browser.awaitText("Opens after 5 faults");
          press("[data-verb=reset]");
          browser.awaitText("closed");
        });
    go("incidents");
    awaitPage();
    browser.awaitTrue("!document.querySelector('main').innerText.includes('postOffice')");
  }

  private void assertEveryPageIsAccessible() {
    for (Shown page : pages()) {
      go(page.path);
      awaitPage();
      page.open.run();
      assertAccessible(page.name);
      assertThat(browser.text())
          .as(page.name)
          .doesNotContain("undefined", "[object", "NaN", "\u202E", "\u0000");
      assertThat(browser.is("document.querySelector('#app img, #app script, #app b, #app i')"))
          .as("%s has an element that somebody else wrote", page.name)
          .isFalse();
      assertFitsOnAPhone(page.name);
      if (browser.is("document.querySelector('dialog, .help')")) {
        browser.press("Escape");
        browser.awaitTrue("!document.querySelector('dialog, .help')");
      }
    }
  }

  @Test
  void whatOthersWroteStaysText() {
    console.fillInHostileTexts();
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

    go("dead-letters?topic=" + Topics.EXECUTION_START);
    press("[data-letter]");
    browser.awaitText("nonsense");
    assertThat(browser.is("document.querySelector('main b')")).isFalse();
  }

  @Test
  void aForgedDeadLetterOpensNoTopic() {
    console.fillInHostileTexts();
    go("dead-letters?topic=" + Topics.DEFINITIONS);
    press("[data-letter]");
    press("[data-resend]");
    browser.awaitText("says it came from orchestrator.definitions, which is neither");
    write(".resend input", "it looks right");
    browser.awaitText("Nothing is sent that would not be understood.");
    assertThat(browser.is("document.querySelector('.resend .primary').disabled")).isTrue();
    onlyComplaintsAbout("409");
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
  void aFlowThatIsNoLongerKeptIsLookedForInTheAuditLog() {
    go("flows/of-last-year");
    browser.awaitText("Look into the audit log since");
    onlyComplaintsAbout("404");
    write("main [name=since]", "yesterday");
    click("Look");
    browser.awaitText("must be a time such as");
    onlyComplaintsAbout("404", "400");
    write("main [name=since]", "-1d");
    click("Look");
    browser.awaitText("It has nothing of this flow since then.");
    assertThat(browser.run("return location.search").stringValue()).isEqualTo("?since=-1d");
    assertFitsOnAPhone("a flow that is no longer kept");
    // The page looks for the flow now and then; each time the browser complains of the answer.
    go("flows");
    browser.awaitText("done-1");
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
    press("details.commands summary");
    browser.awaitText("\"action\":\"SCHEDULE\",\"schedule\":\"nightReport/nightly\"");
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
    assertThat(browser.text()).contains("no carrier delivers to 99999", "The same in both.");
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

  /** That a worker is attached is seen by the look that each instance takes every ten seconds. */
  @Test
  void aStepIsServedByWhoeverReadsItsCommandsDeclaredOrNot() {
    go("orchestrations/payment");
    browser.awaitText("DO: 1 worker attached (answering-worker)");
    assertThat(browser.text()).contains("nobody has declared it").doesNotContain("A worker for it");
    assertThat(browser.is("document.querySelector('main .warn')")).isFalse();
    go("orchestrations");
    browser.awaitText("Payment of an order");
    browser.awaitTrue("!document.querySelector('main').innerText.includes('nobody:')");
  }

  @Test
  void theColumnsOfAListAreChosenAndRemembered() {
    go("flows?orchestration=delivery");
    String heads = "[...document.querySelectorAll('main th')].some(one => one.innerText === '%s')";
    browser.awaitTrue(heads.formatted("Took"));
    assertThat(browser.is(heads.formatted("Due next"))).isFalse();
    press("[name=column-took]");
    press("[name=column-due]");
    browser.awaitTrue(heads.formatted("Due next"));
    browser.open(base + "flows?orchestration=delivery");
    browser.awaitTrue(heads.formatted("Due next"));
    assertThat(browser.is(heads.formatted("Took"))).isFalse();
    press("[name=column-took]");
    press("[name=column-due]");
    browser.awaitTrue(heads.formatted("Took"));
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
