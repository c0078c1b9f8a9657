package io.doundo.plans.page;

import static io.doundo.plans.testing.PlanClient.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.doundo.plans.testing.PlanClient;
import io.doundo.plans.testing.PlanJourneys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The page for reviewers in a real browser on the whole installation. Skipped where there is no
 * Chromium: {@code apt-get install chromium chromium-driver}.
 */
@Execution(ExecutionMode.SAME_THREAD)
class PageIT extends PlanJourneys {

  private static final Path PICTURES = Path.of("target", "pictures");
  private static final Path DOCS = Path.of("..", "docs", "img");
  private static final Set<String> SHOWN = Set.of("approval", "conflict");
  private static final int DESKTOP = 1100;
  private static final int PHONE = 360;
  private static final String AXE = axe();
  private static final String HOSTILE = "<img src=x onerror=document.title='owned'>\u202Eeslaf";

  private Browser browser;

  private static String axe() {
    try (InputStream script =
        PageIT.class.getResourceAsStream("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
      return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8)
          + ";window.axe = axe";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  void openBrowser() {
    Optional<Path> chromium = Browser.program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = Browser.program("chromedriver");
    assumeTrue(
        chromium.isPresent() && driver.isPresent(),
        "needs chromium and chromedriver in the PATH: apt-get install chromium chromium-driver");
    browser = Browser.start(chromium.orElseThrow(), driver.orElseThrow());
  }

  @AfterAll
  void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  /** Signs in with the keyboard alone: the cursor is where it is needed. */
  private void signIn(String user) {
    browser.resize(1100, 800);
    browser.prefer("light");
    // While other tests stopped services, the page of the test before has complained.
    browser.complaints();
    browser.open(stack.facadeUrl().toString());
    browser.awaitText("Sign in");
    browser.press(user, "Tab", stack.key(), "Enter");
    browser.awaitText("My tasks");
  }

  /** Opens the task of a draft with the keyboard. */
  private void open(String title) {
    browser.awaitText(title);
    browser.run(
        "[...document.querySelectorAll('.tasks a')].find(link => link.innerText.includes(arguments[0])).focus()",
        title);
    browser.press("Enter");
    browser.awaitTrue(
        "document.querySelector('h1').innerText.includes(arguments[0]) && !document.querySelector('.tasks')",
        title);
  }

  /** Goes on with Tab until a button with this text has the focus, and presses it. */
  private void pressButton(String text) {
    for (int i = 0; i < 40; i++) {
      browser.press("Tab");
      if (browser.run("return document.activeElement.innerText").asString("").equals(text)) {
        browser.press("Enter");
        return;
      }
    }
    throw new AssertionError("no button " + text + " is reached with Tab in\n" + browser.text());
  }

  @Test
  void aWrongKeyIsRefusedInWords() {
    browser.open(stack.facadeUrl().toString());
    browser.awaitText("Sign in");
    browser.press("ann", "Tab", "wrong", "Enter");
    browser.awaitText("The service does not accept this key.");
    browser.complaints();
  }

  /** A plan as insurers write it. */
  private static ObjectNode gold(String name, int premium, int copay) {
    ObjectNode plan = plan(name, copay);
    ObjectNode standard = plan.putArray("plan").addObject().put("id", "standard");
    standard
        .putArray("generalCost")
        .addObject()
        .put("id", "premium")
        .putObject("cost")
        .put("value", premium)
        .put("currency", "EUR");
    return plan;
  }

  private void submit(String planId, ObjectNode plan) {
    ObjectNode draft = PlanClient.user("ben").put("planId", planId).put("name", "Gold 2027");
    draft.set("data", plan);
    draft.putArray("approvers").add("rita");
    client.data("PUT", "/api/drafts/" + planId, draft);
    client.submit(planId, "ben");
  }

  /** The two pages that the documentation shows; nobody else has tasks of these people. */
  @Test
  void anApprovalAndAConflictAreShownSideBySide() {
    String planId = "gold-2027";
    client.publish(planId, gold("Gold 2026", 119, 20));
    submit(planId, gold("Gold 2027", 129, 15));
    JsonNode task = client.task("rita", planId, "approval", 1);
    signIn("rita");
    open("Gold 2027");
    assertThat(browser.text())
        .contains("plan[standard].generalCost[premium].cost.value", "119", "129")
        .contains("Submitted by", "ben");
    assertGood("approval");

    client.publish(planId, gold("Gold 2026", 135, 25));
    assertThat(client.decide(task.path("taskId").asString(), "rita", true).status()).isEqualTo(409);
    client.task("ben", planId, "resolve", 2);
    signIn("ben");
    open("Gold 2027");
    assertThat(browser.text()).contains("129", "135", "copay 15", "copay 25");
    assertGood("conflict");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aDraftIsApprovedWithTheKeyboard() {
    String planId = id("page");
    client.publish(planId, plan("Gold", 10));
    client.save(planId, planId, plan(HOSTILE, 20), "ann");
    client.submit(planId, "eve");
    client.task("ann", planId, "approval", 1);

    signIn("ann");
    open("Plan " + planId);

    browser.awaitText("copay 20");
    assertThat(browser.text())
        .contains("Published now (version 1)", "copay 10", "coverage[medical]")
        .contains("<img src=x onerror=document.title='owned'>\u27E8U+202E\u27E9eslaf")
        .doesNotContain("\u202E");
    assertThat(browser.run("return document.querySelectorAll('main img').length").asInt()).isZero();
    assertGood("hostile");

    pressButton("Approve");
    browser.awaitText("Published as version 2.");
    assertThat(client.published(planId).orElseThrow().version()).isEqualTo("2");
    assertThat(browser.run("return document.title").asString()).doesNotStartWith("owned");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aRejectionNeedsAReason() {
    String planId = id("page");
    client.save(planId, planId, plan("Gold", 10), "ann");
    client.submit(planId, "eve");
    client.task("ann", planId, "approval", 1);
    signIn("ann");
    open("Plan " + planId);

    pressButton("Reject");
    browser.awaitText("Write why you reject it: the author will read this.");
    // The cursor is in the comment now.
    browser.press("too dear");
    pressButton("Reject");
    browser.awaitText("Rejected. Nothing was published.");

    JsonNode draft = client.draft(planId);
    assertThat(draft.path("status").asString()).isEqualTo("rejected");
    assertThat(draft.path("comments").asString()).isEqualTo("too dear");
    assertThat(draft.path("decidedBy").asString()).isEqualTo("ann");
    assertThat(client.published(planId)).isEmpty();
  }

  @Test
  void aConflictIsResolvedFieldByField() {
    String planId = id("page");
    client.publish(planId, plan("Gold", 10));
    client.save(planId, planId, plan("Gold A", 20), "ann");
    client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    client.publish(planId, plan("Gold B", 30));
    assertThat(client.decide(task.path("taskId").asString(), "ann", true).status()).isEqualTo(409);
    client.task("eve", planId, "resolve", 2);

    signIn("eve");
    open("Plan " + planId);
    assertThat(browser.text()).contains("Gold A", "Gold B", "copay 20", "copay 30");
    pressButton("Send to approval");
    browser.awaitText("2 fields are not decided yet.");
    assertThat(browser.run("return document.activeElement.type").asString())
        .as("the cursor is in the first field that is not decided")
        .isEqualTo("radio");
    browser.run(
        "const of = (path) => [...document.querySelectorAll('fieldset')].find(one => one.querySelector('legend').textContent === path);"
            + " of('name').querySelector('input[value=current]').click();"
            + " of('coverage[medical].benefit[visit].requirement').querySelector('input:not([type=radio])').focus()");
    browser.press("copay 25");
    pressButton("Send to approval");
    browser.awaitText("The conflict is resolved. The reviewers are asked again.");

    JsonNode changes = client.task("ann", planId, "approval", 3).path("changes");
    assertThat(changes).hasSize(1);
    assertThat(changes.path(0).path("after").asString()).isEqualTo("copay 25");
    assertThat(browser.complaints()).isEmpty();
  }

  /**
   * In both themes the page passes axe-core, and nothing hangs over on a phone. Its pictures are in
   * {@code target/pictures}, and with {@code -Ddoundo.docs.update=true} those of the two pages that
   * the documentation shows are in there.
   */
  private void assertGood(String name) {
    for (String scheme : List.of("light", "dark")) {
      browser.prefer(scheme);
      browser.run(AXE);
      JsonNode violations =
          browser.runAsync(
              "const done = arguments[arguments.length - 1];"
                  + " axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}, resultTypes: ['violations']})"
                  + ".then(found => done(found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' '))),"
                  + " failure => done([String(failure)]))");
      // Its own canvas is no matter of the page.
      browser.complaints();
      assertThat(violations).as("%s, %s", name, scheme).isEmpty();
      for (int width : new int[] {PHONE, DESKTOP}) {
        browser.resize(width, 800);
        assertThat(
                browser
                    .run("return document.documentElement.scrollWidth <= innerWidth")
                    .asBoolean())
            .as("%s fits into %d pixels", name, width)
            .isTrue();
        browser.screenshot(PICTURES.resolve("%s-%s-%d.webp".formatted(name, scheme, width)));
      }
      if (Boolean.getBoolean("doundo.docs.update") && SHOWN.contains(name)) {
        browser.resize(
            DESKTOP, browser.run("return document.documentElement.scrollHeight").asInt());
        browser.screenshot(DOCS.resolve("plan-approval-%s-%s.webp".formatted(name, scheme)));
      }
    }
    browser.prefer("light");
  }
}
