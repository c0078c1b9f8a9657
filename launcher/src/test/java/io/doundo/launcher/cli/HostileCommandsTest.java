package io.doundo.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.doundo.launcher.cli.FakeService.CommandResult;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the console shows "as a command" for 200 hostile flows, steps and reasons is run by {@code
 * sh}: the command line with the parser of the real one, curl itself, and the record as the
 * orchestrator reads it. Deep, because it starts some thousand processes. Skipped where there is no
 * Node.js or no curl.
 */
@Tag("deep")
class HostileCommandsTest {

  /** Stands for the script doundo: keeps its arguments, and what is piped into it. */
  private static final String STUB =
      """
      #!/bin/sh
      for word in "$@"; do printf '%s\\0' "$word"; done > "$CALLS/args"
      if [ "$2" = console-producer ]; then cat > "$CALLS/piped"; fi
      """;

  /** A request for a verb, wherever it came from. */
  private record Asked(String flowId, JsonNode body) {}

  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private HttpServer service;

  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", this::take);
    service.start();
  }

  @AfterEach
  void stop() {
    service.stop(0);
  }

  private String url() {
    return "http://localhost:" + service.getAddress().getPort();
  }

  private void take(HttpExchange exchange) throws IOException {
    asked.add(
        new Asked(
            flowId(exchange.getRequestURI()),
            Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes())));
    byte[] answer = "{\"status\":\"IN_PROGRESS\"}".getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static String flowId(URI uri) {
    String path = uri.getRawPath();
    if (path.equals("/api/flow/retry")) {
      String query = uri.getRawQuery();
      assertThat(query).startsWith("flowId=");
      return URLDecoder.decode(query.substring("flowId=".length()), UTF_8);
    }
    assertThat(path).startsWith("/api/flows/").endsWith("/retry");
    return URLDecoder.decode(path.split("/", -1)[3], UTF_8);
  }

  @Test
  void eachOfTheThreeCommandsReachesTheFlowAndNothingElseRuns() throws Exception {
    assumeTrue(isThere("node"), "needs node in the PATH: apt-get install nodejs");
    assumeTrue(isThere("curl"), "needs curl in the PATH: apt-get install curl");
    Path here = Files.createDirectories(directory.resolve("here"));
    Path calls = Files.createDirectories(directory.resolve("calls"));
    Path stub = Files.writeString(here.resolve("doundo"), STUB);
    assertThat(stub.toFile().setExecutable(true)).isTrue();

    JsonNode verbs = said();
    assertThat(verbs.size()).isEqualTo(200);
    int byCli = 0;
    int byKafka = 0;
    for (JsonNode verb : verbs) {
      String flowId = verb.get("flowId").stringValue();
      boolean exists = mayExist(flowId);
      if (exists && verb.get("cli").isString()) {
        byCli++;
        run(verb.get("cli").stringValue(), here, calls);
        assertReached(verb, commandLine(calls));
      }
      asked.clear();
      run(verb.get("curl").stringValue(), here, calls);
      assertReached(verb, List.copyOf(asked));
      if (exists && verb.get("kafka").isString()) {
        byKafka++;
        run(verb.get("kafka").stringValue(), here, calls);
        assertPiped(verb, calls);
      }
      try (Stream<Path> files = Files.list(here)) {
        assertThat(files).as("%s made a file", flowId).containsExactly(stub);
      }
    }
    assertThat(byCli).isGreaterThan(100);
    assertThat(byKafka).isGreaterThan(80);
  }

  /** Whether any flow can have this id: none is blank or has a control character. */
  private static boolean mayExist(String flowId) {
    return !flowId.isBlank() && flowId.chars().noneMatch(Character::isISOControl);
  }

  /** The requests that the real command line makes of the arguments that the shell gave it. */
  private List<Asked> commandLine(Path calls) throws IOException {
    List<String> given = new ArrayList<>(words(Files.readString(calls.resolve("args"))));
    given.addAll(1, List.of("--url", url()));
    asked.clear();
    CommandResult ran = FakeService.runPlain(given.toArray(String[]::new));
    assertThat(ran.code()).as("%s: %s%s", given, ran.out(), ran.err()).isZero();
    return List.copyOf(asked);
  }

  /** As the console producer splits the line, and as the orchestrator reads the record. */
  private static void assertPiped(JsonNode verb, Path calls) throws Exception {
    String line = Files.readString(calls.resolve("piped"));
    assertThat(line).endsWith("\n");
    int tab = line.indexOf('\t');
    ObjectNode record =
        (ObjectNode) Json.MAPPER.readTree(line.substring(tab + 1, line.length() - 1));
    assertThat(record.path("stepName").asString("")).isEqualTo(verb.get("step").stringValue());
    // The names of real steps are not hostile: the orchestrator refuses such a record.
    record.remove("stepName");
    ControlCommand control =
        ControlCommand.decode(
            record.toString().getBytes(UTF_8),
            line.substring(0, tab).getBytes(UTF_8),
            HeaderLookup.NONE);
    assertThat(control.flowId()).isEqualTo(verb.get("flowId").stringValue());
    assertThat(control.action()).isEqualTo(ControlAction.RETRY);
    String reason = verb.get("reason").stringValue();
    assertThat(control.reason()).isEqualTo(reason.isBlank() ? null : reason);
  }

  private static void assertReached(JsonNode verb, List<Asked> requests) {
    assertThat(requests).as(verb.toString()).hasSize(1);
    Asked request = requests.get(0);
    assertThat(request.flowId()).isEqualTo(verb.get("flowId").stringValue());
    assertThat(request.body().path("stepName").asString(""))
        .isEqualTo(verb.get("step").stringValue());
    assertThat(request.body().path("reason").asString(""))
        .isEqualTo(verb.get("reason").stringValue());
    assertThat(request.body().get("payload").toString()).isEqualTo("{\"n\":1.0}");
  }

  private JsonNode said() throws IOException, InterruptedException {
    Process node =
        new ProcessBuilder("node", "../console/src/test/js/say.mjs", url())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] printed = node.getInputStream().readAllBytes();
    assertThat(node.waitFor()).isZero();
    return Json.MAPPER.readTree(printed);
  }

  /** In the locale of a bare system, with nothing in the environment that a shell might follow. */
  private static void run(String command, Path here, Path calls)
      throws IOException, InterruptedException {
    Path script = Files.writeString(calls.resolve("script"), command);
    Path output = calls.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder("sh", script.toString())
            .directory(here.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().put("HOME", calls.toString());
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("CALLS", calls.toString());
    assertThat(builder.start().waitFor()).as("%s: %s", command, Files.readString(output)).isZero();
  }

  private static List<String> words(String nulSeparated) {
    return Arrays.asList(nulSeparated.substring(0, nulSeparated.length() - 1).split("\0", -1));
  }

  private static boolean isThere(String program) {
    return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
