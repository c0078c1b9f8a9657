package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/**
 * The console in a real browser on a real orchestrator with API keys. Skipped where there is no
 * Chromium: {@code apt-get install chromium chromium-driver}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String KEY = "a-key-of-kim";
  private static final String KEY_SHA256 =
      "c4cf5d6f085b0bb9a05f36763ac69b4dfbb8a39587a95b054219a133c999b547";

  /** How many flows wait for the same reason. */
  private static final int MANY = 41;

  private static final Path PICTURES = Path.of("target", "console");

  private static final String HOSTILE_ID = "<img src=x onerror=document.title=1>\u202Egnp.exe";
  private static final String HOSTILE_ERROR =
      "<script>document.title='owned'</script><img src=x onerror=alert(1)>\u202Eevil\u0000"
          + "x".repeat(10_000);

  private static final List<String> PAGES =
      List.of(
          "",
          "flows",
          "flows?status=PARKED&from=-1h",
          "flows/parked-1",
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

  private static final String LEE = "dok_lee";
  private static final String LEE_SHA256 =
      "9f5bba70a143655cc7d9876104d4290a96cdd54a4c92d2cd4e6ae0b5fcd6b5e8";
  private static final String KEYS_FILE = "keys: [{name: %s, role: VIEWER, sha256: %s}]\n";

  private Path keysFile;
  private TestBroker broker;
  private AnsweringWorker worker;
  private ConfigurableApplicationContext application;
  private Rest rest;
  private Browser browser;
  private String base;

  @BeforeAll
  void start(@TempDir Path stateDir) throws IOException {
    Optional<Path> chromium = Browser.program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = Browser.program("chromedriver");
    assumeTrue(
        chromium.isPresent() && driver.isPresent(),
        "needs chromium and chromedriver in the PATH: apt-get install chromium chromium-driver");
    keysFile = Files.writeString(stateDir.resolve("keys.yaml"), "keys: []");
    broker = new TestBroker();
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(
                "--server.port=0",
                "--doundo.partitions=2",
                "--doundo.step-topics.partitions=1",
                "--doundo.state-dir=" + stateDir,
                "--doundo.api.keys[0].name=kim",
                "--doundo.api.keys[0].role=ADMIN",
                "--doundo.api.keys[0].sha256=" + KEY_SHA256,
                "--doundo.api.keys-file=" + keysFile,
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    int port = application.getEnvironment().getRequiredProperty("local.server.port", int.class);
    base = "http://localhost:" + port + "/";
    rest = new Rest(port, "X-API-Key", KEY);
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    worker = new AnsweringWorker(broker.bootstrap());
    fill();
    browser = Browser.start(chromium.get(), driver.get());
  }

  /** Starts flows of every status. */
  private void fill() {
    register(
        """
        orchestrationName: payment
        vocabulary: 2
        title: Payment of an order
        category: Orders
        labels: [money, critical]
        type: graph
        steps:
          - {name: reserve}
          - {name: check}
          - {name: charge, dependsOn: [reserve, check], pivot: true}
          - {name: notify, dependsOn: [charge], undo: none}
        """);
    register(
        """
        orchestrationName: delivery
        steps:
          - {name: pack}
          - {name: send}
        """);
    register(
        """
        orchestrationName: approval
        vocabulary: 2
        steps:
          - name: approve
            task:
              title: "<b>Approve</b> the order"
              assignee: ann
              candidates: [directors]
              form:
                type: object
                required: [approved, amount]
                properties:
                  approved: {type: boolean, title: "<i>Approved</i>?"}
                  amount: {type: number, maximum: 100}
                  note: {type: string}
                  lines: {type: array, maxItems: 1}
            timeout: 30d
            onTimeout: escalate
          - {name: archive, set: {done: true}}
        """);
    begin("approval", "asks-1", "IN_PROGRESS");
    begin("approval", "asks-2", "IN_PROGRESS");
    worker.breakStep("notify", "HTTP 503 from the mail server");
    begin("payment", "parked-1", "PARKED");
    begin("payment", "parked-2", "PARKED");
    worker.mendStep("notify");
    begin("payment", "done-1", "COMPLETED");
    register(
        """
        orchestrationName: refund
        steps:
          - {name: pay, pivot: true}
          - {name: tell, undo: none}
        """);
    worker.breakStep("tell", "HTTP 503 from the mail server of customer 4711");
    for (int i = 1; i <= MANY; i++) {
      start("refund", "many-" + i);
    }
    await("the flows that wait")
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/flows?orchestration=refund&status=PARKED")
                        .json()
                        .path("flows")
                        .size()
                    == MANY);
    begin("delivery", "done-2", "COMPLETED");
    worker.breakStep("send", HOSTILE_ERROR);
    begin("delivery", "undone-1", "UNDONE");
    begin("delivery", HOSTILE_ID, "UNDONE");
    worker.silence("pack");
    begin("delivery", "waiting-1", "IN_PROGRESS");
    register(
        """
        orchestrationName: delivery
        steps:
          - {name: pack, timeout: 90s}
          - {name: insure}
          - {name: send}
        """);
    worker.send(Topics.EXECUTION_START, "{\"nonsense\": \"<b onclick=alert(1)>\u202E\u0000</b>\"}");
  }

  private void register(String document) {
    Reply reply = rest.post("/api/orchestrations", document, "Content-Type", "application/yaml");
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
  }

  private void begin(String orchestration, String flowId, String status) {
    start(orchestration, flowId);
    await(flowId)
        .atMost(PATIENCE)
        .until(() -> rest.get(api(flowId)).json().path("status").asString("").equals(status));
  }

  private void start(String orchestration, String flowId) {
    String start =
        Json.MAPPER.writeValueAsString(
            Map.of(
                "orchestrationName",
                orchestration,
                "flowId",
                flowId,
                "payload",
                Map.of("amount", 4711, "note", "<b>\u202Ebold</b>")));
    Reply reply = rest.post("/api/orchestrations/execute", start);
    assertThat(reply.status()).as(reply.http().body()).isBetween(200, 202);
  }

  private static String api(String flowId) {
    return "/api/flow?flowId=" + URLEncoder.encode(flowId, StandardCharsets.UTF_8);
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
    if (worker != null) {
      worker.close();
    }
    if (application != null) {
      application.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @BeforeEach
  void signIn() {
    browser.resize(1280, 900);
    browser.open(base);
    browser.awaitTrue("document.getElementById('api-key') || document.getElementById('who')");
    if (browser.is("document.getElementById('api-key')")) {
      enter(KEY);
    }
    browser.awaitText("for you;");
  }

  private void enter(String key) {
    browser.run(
        "document.getElementById('api-key').value = arguments[0];"
            + " document.querySelector('form.key button').click()",
        key);
  }

  @AfterEach
  void nothingWasComplainedAbout() {
    assertThat(browser.complaints()).isEmpty();
    assertThat(
            browser
                .run("return localStorage.length + sessionStorage.length + document.cookie.length")
                .intValue())
        .as("no script can read the login; the theme and the zone are not yet chosen")
        .isZero();
  }

  /** Opens an address as a link of the console does. */
  private void go(String path) {
    browser.run(
        "history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'))",
        base + path);
  }

  private void awaitPage(String path) {
    browser.awaitTrue(
        "!document.querySelector('.loading') && document.querySelector('main').innerText.length > 20");
    assertThat(browser.text()).as(path).doesNotContain("undefined", "[object", "NaN");
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
    browser.awaitText("partition");
    browser.run("document.querySelector('[data-open]').click()");
    browser.awaitText("nonsense");
    assertThat(browser.is("document.querySelector('main b')")).isFalse();
  }

  @Test
  void aDeadLetterIsEditedUntilTheDecoderAcceptsItAndSentAgain() {
    go("dead-letters?topic=orchestrator.execution.start&reason=JSON");
    browser.awaitTrue("document.querySelector('[data-open]')");
    browser.run("document.querySelector('[data-open]').click()");
    browser.awaitTrue("document.querySelector('[data-resend]')");
    browser.run("document.querySelector('[data-resend]').click()");
    browser.awaitText("The record would become a dead letter again:");
    assertThat(browser.is("document.querySelector('.resend .primary').disabled")).isTrue();
    write(".resend textarea", "{\\\"orchestrationName\\\": \\\"payment\\\"}");
    browser.awaitText(
        "The record would be accepted and sent to orchestrator.execution.start, which needs");
    browser.awaitText("Write the reason");
    write(".resend input", "the name was missing");
    browser.awaitTrue("!document.querySelector('.resend .primary').disabled");
    browser.run("document.querySelector('.resend .primary').click()");
    browser.awaitText("Sent to orchestrator.execution.start, partition");
    await()
        .atMost(PATIENCE)
        .until(() -> rest.get("/api/flows?search=resent-").json().get("flows").size() == 1);
  }

  /** Fills in a field as typing does. */
  private void write(String field, String text) {
    browser.run(
        "const field = document.querySelector('%s'); field.value = \"%s\"; field.dispatchEvent(new Event('input', {bubbles: true}))"
            .formatted(field, text));
  }

  @Test
  void aParkedFlowIsFoundAndRetriedByKeyboardAlone() {
    browser.press("g", "f");
    browser.awaitText("parked-2");
    browser.press("/", "parked-2", "Enter");
    browser.awaitText("Waits for you");
    browser.press("r");
    browser.awaitTrue("document.querySelector('dialog[open]')");
    // The step that needs it is already selected; Tab moves to the payload and then to the reason.
    assertThat(browser.run("return document.querySelector('dialog select').value").stringValue())
        .isEqualTo("notify");
    browser.press("Tab", "Tab", "the mail server is back", "Enter");
    browser.awaitText("accepted and is committed");
    browser.awaitText("Has completed.");
    browser.press("Escape");
    browser.awaitText("parked-1");
    assertThat(rest.get("/api/flows/parked-2").json().get("status").stringValue())
        .isEqualTo("COMPLETED");
    assertThat(rest.get("/api/flows/parked-2/timeline").http().body())
        .contains("the mail server is back");
  }

  @Test
  void whatTheFlowDoesNotAllowIsGreyedWithTheReasonAndAnUndoIsPlanned() {
    go("flows/parked-1");
    browser.awaitTrue("document.querySelector('[data-verb=undo][aria-disabled=true]')");
    browser.run("document.querySelector('[data-verb=undo]').click()");
    browser.awaitText("Undo is not possible now:");
    assertThat(browser.is("document.querySelector('dialog')")).isFalse();
    assertThat(browser.text()).contains("HTTP 503 from the mail server");

    go("flows/done-2");
    browser.awaitText("Has completed.");
    browser.press("u");
    browser.awaitText("Undo 2 steps");
    browser.run("document.querySelector('#panel .primary').click()");
    browser.awaitText("The flow would be UNDOING; sent: UNDO send");
    // An Enter that is still held from opening the dialog repeats itself, and sends nothing.
    browser.run(
        "document.querySelector('dialog input').dispatchEvent("
            + "new KeyboardEvent('keydown', {key: 'Enter', repeat: true, bubbles: true}))");
    browser.run("[...document.querySelectorAll('dialog [role=tab]')][1].click()");
    browser.awaitText("./doundo undo done-2");
    browser.press("Escape");
    browser.awaitTrue("!document.querySelector('dialog')");
    assertThat(rest.get("/api/flows/done-2").json().get("status").stringValue())
        .isEqualTo("COMPLETED");
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
    assertThat(browser.complaints()).allMatch(line -> line.contains("404"));
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
  void aTaskIsFoundAssignedAndCompletedWithItsForm() {
    go("tasks");
    browser.awaitText("<b>Approve</b> the order");
    assertThat(browser.text()).contains("ann", "or directors", "asks-1");
    click("For me or my groups");
    browser.awaitText("No open task matches");
    browser.run("history.back()");
    browser.awaitText("asks-2");

    go("tasks?flowId=asks-2&step=approve");
    browser.awaitText("When it is completed, archive can begin");
    assertThat(browser.text())
        .contains("May be completed by ann, directors, and by operators")
        .contains("the flow is parked and waits for an operator")
        .contains("<i>Approved</i>? is missing.");
    assertThat(browser.is("document.querySelector('main b, main i')")).isFalse();
    click("Assign");
    type("to", "ben");
    click("Assign 1 task");
    browser.awaitText("approve is for ben");
    browser.awaitText("It is for ben");

    click("Complete");
    browser.run(
        "const choice = document.querySelector('select[name=approved]'); choice.value = 'true';"
            + " choice.dispatchEvent(new Event('change'))");
    type("amount", "101");
    browser.awaitText("amount must be at most 100.");
    clear("amount");
    type("amount", "12.50");
    type("lines", "[1, 2]");
    click("As a command");
    browser.awaitText(
        "./doundo task complete --payload"
            + " '{\"approved\":true,\"amount\":12.50,\"lines\":[1, 2]}' asks-2 approve");
    assertThat(browser.text()).contains("\"action\":\"SIGNAL\"", "/api/tasks/complete");
    click("Complete");
    click("Complete 1 task");
    browser.awaitTrue(
        "document.querySelector('textarea[name=lines]').parentElement.querySelector('.failure')");
    assertThat(browser.complaints()).allMatch(line -> line.contains("422"));
    clear("lines");
    type("lines", "[1]");
    click("Complete 1 task");
    browser.awaitText("approve is completed");
    browser.awaitTrue("!document.querySelector('.task')");
    assertThat(rest.get("/api/flows/asks-2").http().body())
        .contains("\"amount\":12.50", "\"lines\":[1]");
    go("tasks?flowId=asks-2&step=approve");
    browser.awaitText("The task is not open: its step is");
  }

  /** What somebody does who has never seen the console, at three in the morning. */
  @Test
  void fromTheOverviewManyFlowsAreUnderstoodAndRepairedByKeyboardAlone() {
    browser.awaitText("Needs you");
    browser.awaitText("http 503 from the mail server of customer");
    browser.press("j", "Enter");
    browser.awaitText("tell DO failed");
    browser.awaitText(MANY + " flows wait for you");
    browser.screenshot(PICTURES.resolve("incident-1280-light.webp"));
    tabTo("[data-row] [data-open]");
    browser.press("Enter");
    browser.awaitText("Why");
    browser.awaitText("HTTP 503 from the mail server of customer 4711");
    browser.press("Escape");
    browser.awaitText(MANY + " flows wait for you");
    browser.press("r");
    browser.awaitTrue("document.querySelector('dialog[open]')");
    tabTo("dialog [name=reason]");
    browser.press("the mail server is back", "Enter");
    browser.awaitText("Retry " + MANY + " flows");
    browser.awaitText("DO tell: " + MANY);
    assertThat(rest.get("/api/flows/many-1").json().get("status").stringValue())
        .as("a preview sends nothing")
        .isEqualTo("PARKED");
    String job = browser.run("return location.pathname").stringValue();
    browser.screenshot(PICTURES.resolve("job-draft-1280-light.webp"));
    worker.mendStep("tell");
    tabTo("[data-verb=first]");
    browser.press("Enter");
    browser.awaitText("One flow was tried first");
    browser.awaitText("1 recovered");
    tabTo("[data-verb=resume]");
    browser.press("Enter");
    browser.awaitText(MANY + " recovered.");
    browser.press("g", "i");
    browser.awaitTrue("!document.querySelector('.loading')");
    browser.awaitText("nothing waits for you");
    browser.press("g", "j");
    browser.awaitText("the mail server is back");
    browser.press("j", "Enter");
    browser.awaitTrue("location.pathname === arguments[0]", job);
    browser.screenshot(PICTURES.resolve("job-done-1280-light.webp"));
    for (int i = 1; i <= MANY; i++) {
      assertThat(rest.get("/api/flows/many-" + i).json().get("status").stringValue())
          .isEqualTo("COMPLETED");
    }
  }

  @Test
  void rowsAreSelectedByKeyboardAndTwoOfThemCompared() {
    go("flows?orchestration=refund&sort=startedAt");
    browser.awaitText("many-1");
    browser.press("j", "x", "j", "j", "X");
    browser.awaitText("3 flows selected");
    browser.press("*");
    browser.awaitText(MANY + " flows selected");
    browser.press("x");
    browser.awaitTrue("!document.querySelector('.selected').innerText.includes('" + MANY + "')");
    browser.press("*", "*", "x", "k", "x");
    browser.awaitText("2 flows selected");
    tabTo(".selected a");
    browser.press("Enter");
    browser.awaitText("Both flows went the same way.");
    go("flows?status=PARKED&step=nowhere");
    browser.awaitText("No flow matches. Without Status, Step?");
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

  /** Presses Tab until the element has the focus, which a keyboard must be able to give it. */
  private void tabTo(String selector) {
    browser.awaitTrue("document.querySelector(arguments[0])", selector);
    for (int i = 0; i < 300; i++) {
      if (browser.is("document.activeElement.matches(arguments[0])", selector)) {
        return;
      }
      browser.press("Tab");
    }
    throw new AssertionError(selector + " cannot be reached by Tab");
  }

  /** Presses the link or the button with this text. */
  private void click(String text) {
    String found =
        "[...document.querySelectorAll('main a, main button')]"
            + ".find(one => one.textContent.trim() === arguments[0])";
    browser.awaitTrue(found, text);
    browser.run("(" + found + ").click()", text);
  }

  /** Empties a field as a person does, so that the page knows. */
  private void clear(String name) {
    browser.run(
        "const field = document.querySelector(`main [name=\"${arguments[0]}\"]`);"
            + " field.value = ''; field.dispatchEvent(new Event('input'))",
        name);
  }

  /** Types into the field of this name, behind what it holds. */
  private void type(String name, String text) {
    String field = "document.querySelector(`main [name=\"${arguments[0]}\"]`)";
    browser.awaitTrue(field, name);
    browser.run(field + ".focus()", name);
    browser.press(text);
  }

  @Test
  void aLostConnectionIsShownAndNothingIsSent() {
    go("flows/parked-1");
    browser.awaitText("Waits for you");
    browser.online(false);
    browser.awaitText("Connection lost");
    browser.awaitTrue("document.querySelector('main.stale')");
    browser.press("r");
    browser.awaitText("Nothing is sent until it is back");
    assertThat(browser.is("document.querySelector('dialog .primary').disabled")).isTrue();
    browser.press("Escape");
    browser.online(true);
    browser.awaitText("Live,");
    assertThat(browser.is("document.querySelector('main.stale')")).isFalse();
  }

  @Test
  void theLoginStaysWhenThePageIsOpenedAgainAndEndsWithTheSignOut() {
    browser.open(base + "flows?status=PARKED");
    browser.awaitText("parked-1");
    assertThat(browser.text()).contains("kim (admin)").doesNotContain("done-1");
    browser.run("document.getElementById('sign-out').click()");
    browser.awaitTrue("document.getElementById('api-key')");
    assertThat(browser.complaints()).isEmpty();
    enter("wrong");
    browser.awaitText("is unknown");
    assertThat(browser.complaints()).allMatch(line -> line.contains("401"));
    enter(KEY);
    browser.awaitText("parked-1");
  }

  @Test
  void aRevokedKeyEndsItsSession() throws IOException {
    Files.writeString(keysFile, KEYS_FILE.formatted("lee", LEE_SHA256));
    Rest lee = new Rest(URI.create(base).getPort(), "X-API-Key", LEE);
    // The file is read every 3 s, and 20 failures in a minute would lock this address out.
    await()
        .pollInterval(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .until(() -> lee.get("/api/me").status() == 200);
    browser.run("document.getElementById('sign-out').click()");
    browser.awaitTrue("document.getElementById('api-key')");
    enter(LEE);
    browser.awaitText("lee (viewer)");
    browser.awaitText("for you;");
    Files.writeString(keysFile, "keys: []");
    browser.awaitText("The session has ended");
    assertThat(browser.complaints()).allMatch(line -> line.contains("401"));
    enter(KEY);
    browser.awaitText("kim (admin)");
  }

  @Test
  void overPlainHttpFromAnotherHostTheLoginIsRefusedWithTheWaysOut() {
    browser.open(base.replace("localhost", "doundo.test"));
    browser.awaitText("will not keep a login without TLS");
    enter(KEY);
    browser.awaitTrue("document.querySelector('form.key [role=alert]')");
    assertThat(browser.text()).contains("doundo.console.plain-http=true", "server.ssl");
    assertThat(browser.complaints()).allMatch(line -> line.contains("403"));
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
