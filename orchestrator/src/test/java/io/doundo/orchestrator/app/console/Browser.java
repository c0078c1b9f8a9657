package io.doundo.orchestrator.app.console;

import static org.awaitility.Awaitility.await;

import io.doundo.protocol.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * A headless Chromium, controlled through its driver by the WebDriver protocol. Nothing is
 * downloaded: both programs come from Debian.
 */
final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
  private static final Map<String, String> KEYS =
      Map.of("Enter", "\uE007", "Escape", "\uE00C", "Tab", "\uE004", "ArrowDown", "\uE015");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process driver;
  private final String session;

  private Browser(Process driver, String driverUrl, Path chromium) {
    this.driver = driver;
    JsonNode created =
        send(
            driverUrl + "/session",
            Map.of(
                "capabilities",
                Map.of(
                    "alwaysMatch",
                    Map.of(
                        "goog:loggingPrefs",
                        Map.of("browser", "ALL"),
                        "goog:chromeOptions",
                        Map.of(
                            "binary",
                            chromium.toString(),
                            "args",
                            List.of(
                                "--headless",
                                "--no-sandbox",
                                "--host-resolver-rules=MAP *.test 127.0.0.1",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--force-prefers-reduced-motion"))))));
    session = driverUrl + "/session/" + created.get("sessionId").stringValue();
  }

  /** A program in the PATH. */
  static Optional<Path> program(String... names) {
    return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
        .flatMap(directory -> Stream.of(names).map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Browser start(Path chromium, Path chromedriver) {
    try {
      Process process =
          new ProcessBuilder(chromedriver.toString(), "--port=0").redirectErrorStream(true).start();
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher started = STARTED.matcher(line);
        if (started.find()) {
          return new Browser(process, "http://localhost:" + started.group(1), chromium);
        }
      }
      throw new AssertionError("chromedriver ended before it said its port");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void open(String url) {
    send(session + "/url", Map.of("url", url));
  }

  void resize(int width, int height) {
    send(session + "/window/rect", Map.of("width", width, "height", height));
    // The window of a headless browser may be wider than its frame; the page is what counts.
    command(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /** Makes the page's requests fail as without a network, or lets them through again. */
  void online(boolean online) {
    run(
        online
            ? "window.fetch = window.fetchBefore; dispatchEvent(new Event('online'))"
            : "window.fetchBefore = window.fetch;"
                + " window.fetch = () => Promise.reject(new TypeError('Failed to fetch'));"
                + " dispatchEvent(new Event('offline'))");
  }

  /** Runs the body of a function in the page. */
  JsonNode run(String script, Object... arguments) {
    return send(session + "/execute/sync", Map.of("script", script, "args", List.of(arguments)));
  }

  /** Runs the body of a function in the page that answers by calling its last argument. */
  JsonNode runAsync(String script, Object... arguments) {
    return send(session + "/execute/async", Map.of("script", script, "args", List.of(arguments)));
  }

  /** Whether the expression is true in the page. */
  boolean is(String expression, Object... arguments) {
    return run("return !!(" + expression + ")", arguments).booleanValue();
  }

  void awaitTrue(String expression, Object... arguments) {
    await(expression).atMost(PATIENCE).until(() -> is(expression, arguments));
  }

  /** The visible text of the page. */
  String text() {
    return run("return document.body.innerText").stringValue();
  }

  void awaitText(String text) {
    awaitText(text, PATIENCE);
  }

  void awaitText(String text, Duration patience) {
    try {
      await(text).atMost(patience).until(() -> text().contains(text));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("the page never shows \"%s\" but\n%s".formatted(text, text()), e);
    }
  }

  /** Presses keys one by one: a name such as Enter is one key, any other text is typed. */
  void press(String... keys) {
    List<Map<String, String>> actions = new ArrayList<>();
    for (String key : keys) {
      for (String value :
          KEYS.containsKey(key)
              ? List.of(KEYS.get(key))
              : key.codePoints().mapToObj(Character::toString).toList()) {
        actions.add(Map.of("type", "keyDown", "value", value));
        actions.add(Map.of("type", "keyUp", "value", value));
      }
    }
    send(
        session + "/actions",
        Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", actions))));
  }

  /** A picture in the form WebP, which is small enough for the documentation. */
  void screenshot(Path file) {
    JsonNode picture = command("Page.captureScreenshot", Map.of("format", "webp", "quality", 70));
    try {
      Files.createDirectories(file.resolveSibling(""));
      Files.write(file, Base64.getDecoder().decode(picture.get("data").stringValue()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shows pictures side by side, each as high as the window. */
  void showPictures(List<Path> files) {
    run(
        "document.body.replaceChildren();"
            + " document.body.style.cssText = 'margin: 0; display: flex; gap: 10px'");
    for (Path file : files) {
      runAsync(
          "const done = arguments[1]; const picture = new Image();"
              + " picture.onload = picture.onerror = () => done(true);"
              + " picture.style.height = '100vh';"
              + " picture.src = 'data:image/webp;base64,' + arguments[0];"
              + " document.body.append(picture)",
          base64(file));
    }
  }

  private static String base64(Path file) {
    try {
      return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page's console messages since the last call. */
  List<String> complaints() {
    List<String> messages = new ArrayList<>();
    send(session + "/se/log", Map.of("type", "browser"))
        .forEach(
            entry ->
                messages.add(
                    entry.path("level").stringValue()
                        + ' '
                        + entry.path("source").asString("")
                        + ' '
                        + entry.path("message").stringValue()));
    return messages;
  }

  private JsonNode command(String name, Map<String, Object> parameters) {
    return send(session + "/goog/cdp/execute", Map.of("cmd", name, "params", parameters));
  }

  private JsonNode send(String url, Map<String, ?> body) {
    return value(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body))));
  }

  private JsonNode value(HttpRequest.Builder request) {
    try {
      JsonNode answer =
          Json.MAPPER.readTree(
              client
                  .send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofByteArray())
                  .body());
      JsonNode value = answer.path("value");
      if (value.has("error")) {
        throw new AssertionError(value.path("message").asString("the driver failed"));
      }
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      value(HttpRequest.newBuilder(URI.create(session)).DELETE());
    } finally {
      driver.destroy();
      try {
        if (!driver.waitFor(5, TimeUnit.SECONDS)) {
          driver.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
