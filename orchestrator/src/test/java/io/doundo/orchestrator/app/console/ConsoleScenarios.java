package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The base of the scenarios in a browser: each begins on the overview with kim logged in, and none
 * may leave a complaint of the browser.
 */
abstract class ConsoleScenarios {

  static final Path PICTURES = Path.of("target", "console");

  /** Width in pixels. */
  static final int PHONE = 360;

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

  final RunningConsole console;
  final Browser browser;
  final Rest rest;
  final AnsweringWorker worker;
  final String base;

  ConsoleScenarios(RunningConsole console) {
    this.console = console;
    browser = console.browser;
    rest = console.rest;
    worker = console.worker;
    base = console.base;
  }

  @BeforeEach
  void logIn() {
    browser.resize(1280, 900);
    browser.open(base);
    browser.awaitTrue("document.getElementById('api-key') || document.getElementById('who')");
    if (browser.is("document.getElementById('api-key')")) {
      enter(KEY);
    }
    browser.awaitText("kim (admin)");
    browser.awaitText("for you;");
  }

  /** That a busy service answered a request with 503 is no fault of the page. */
  @AfterEach
  void nothingWasComplainedAbout() {
    assertThat(browser.complaints()).filteredOn(line -> !line.contains("status of 503")).isEmpty();
    assertThat(
            browser
                .run("return localStorage.length + sessionStorage.length + document.cookie.length")
                .intValue())
        .as("no script can read the login; the theme and the zone are not yet chosen")
        .isZero();
  }

  void enter(String key) {
    browser.run(
        "document.getElementById('api-key').value = arguments[0];"
            + " document.querySelector('form.key button').click()",
        key);
  }

  void logOut() {
    browser.run("document.getElementById('sign-out').click()");
    browser.awaitTrue("document.getElementById('api-key')");
  }

  /** The complaints so far, all of which must be about requests with these answers. */
  void onlyComplaintsAbout(String... statuses) {
    assertThat(browser.complaints())
        .allMatch(line -> List.of(statuses).stream().anyMatch(line::contains));
  }

  /** Opens an address as a link of the console does. */
  void go(String path) {
    browser.run(
        "history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'))",
        base + path);
  }

  void awaitPage() {
    browser.awaitTrue(
        "!document.querySelector('.loading') && document.querySelector('main').innerText.length > 20");
  }

  void assertAccessible(String page) {
    assertAccessible(page, "light", List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa"), List.of());
    assertAccessible(page, "dark", List.of(), List.of("color-contrast"));
  }

  /** Checks the page with axe-core; colours are all that differs between the themes. */
  private void assertAccessible(String page, String theme, List<String> tags, List<String> rules) {
    assertThat(browser.complaints()).as(page).isEmpty();
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
    assertThat(violations).as("%s in the %s theme", page, theme).isEmpty();
  }

  /** Forces a breaker open, and closes it again after the action. */
  void whileABreakerIsOpen(String name, String reason, Runnable action) {
    ObjectNode opening = Json.MAPPER.createObjectNode().put("for", "1h").put("reason", reason);
    rest.post("/api/breakers/" + name + "/open", opening.toString());
    try {
      action.run();
    } finally {
      rest.post("/api/breakers/" + name + "/reset", "{\"reason\": \"it is back\"}");
    }
  }

  /** Its owner finds in the topic that it was forced open ten minutes ago. */
  void whileABreakerIsOpenForLong(String name, String reason, Runnable action) {
    Instant now = Instant.now();
    BreakerState open =
        new BreakerState(
            name,
            BreakerConfig.DEFAULT,
            BreakerPhase.FORCED_OPEN,
            now.minus(Duration.ofMinutes(10)),
            now.plus(Duration.ofHours(1)),
            now.minus(Duration.ofMinutes(10)),
            1,
            List.of(),
            null,
            new BreakerState.Forced(reason, "kim"),
            Map.of(0, 1),
            List.of(),
            List.of(),
            false,
            1);
    worker.send(
        new ProducerRecord<>(
            Topics.BREAKERS,
            name.getBytes(StandardCharsets.UTF_8),
            BreakerStateCodec.encode(open)));
    String path = "/api/breakers/" + name;
    await("the owner says that nothing is held")
        .atMost(RunningConsole.PATIENCE)
        .until(() -> rest.get(path).json().path("held").asInt(-1) == 0);
    try {
      action.run();
    } finally {
      rest.post(path + "/reset", "{\"reason\": \"it is back\"}");
    }
  }

  void assertFitsOnAPhone(String page) {
    browser.resize(PHONE, 900);
    assertIsNoWiderThan(PHONE, page);
  }

  /** The width of the window is no measure: on a phone it grows with what sticks out. */
  void assertIsNoWiderThan(int width, String page) {
    assertThat(browser.run("return document.documentElement.scrollWidth").intValue())
        .as("%s fits into %d pixels; what sticks out: %s", page, width, wider(width))
        .isLessThanOrEqualTo(width);
  }

  private JsonNode wider(int width) {
    return browser.run(
        "return [...document.body.querySelectorAll('*')]"
            + ".filter(one => one.getBoundingClientRect().right > arguments[0])"
            + ".map(one => one.outerHTML.slice(0, 150)).slice(-3)",
        width);
  }

  /** Fills in a field as typing does. */
  void write(String field, String text) {
    browser.run(
        "const field = document.querySelector(arguments[0]); field.value = arguments[1];"
            + " field.dispatchEvent(new Event('input', {bubbles: true}))",
        field,
        text);
  }

  /** Presses Tab until the element has the focus, which a keyboard must be able to give it. */
  void tabTo(String selector) {
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
  void click(String text) {
    String found =
        "[...document.querySelectorAll('main a, main button')]"
            + ".find(one => one.textContent.trim() === arguments[0])";
    browser.awaitTrue(found, text);
    browser.run("(" + found + ").click()", text);
  }

  /** Presses the first element that matches, once it is there. */
  void press(String selector) {
    browser.awaitTrue("document.querySelector(arguments[0])", selector);
    browser.run("document.querySelector(arguments[0]).click()", selector);
  }

  /** Empties a field as a person does, so that the page knows. */
  void clear(String name) {
    browser.run(
        "const field = document.querySelector(`main [name=\"${arguments[0]}\"]`);"
            + " field.value = ''; field.dispatchEvent(new Event('input'))",
        name);
  }

  /** Types into the field of this name, behind what it holds. */
  void type(String name, String text) {
    String field = "document.querySelector(`main [name=\"${arguments[0]}\"]`)";
    browser.awaitTrue(field, name);
    browser.run(field + ".focus()", name);
    browser.press(text);
  }
}
