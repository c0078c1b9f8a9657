package io.doundo.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.doundo.bench.flow.FlowRun;
import io.doundo.bench.flow.Pacing;
import io.doundo.bench.flow.Scenario;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Flows of a peer, started by requests and judged by their answers. */
class PeerRequestsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void aFlowThatHasPassedAllStepsIsRight() throws Exception {
    assertThat(
            problems(
                Scenario.SEQUENTIAL,
                payload -> "{\"status\":\"COMPLETED\",\"payload\":" + marked(payload) + "}"))
        .isEmpty();
  }

  @Test
  void aFlowThatHasUndoneTwoStepsInReverseOrderIsRight() throws Exception {
    assertThat(
            problems(Scenario.UNDO, any -> "{\"status\":\"UNDONE\",\"undone\":[\"s02\",\"s01\"]}"))
        .isEmpty();
  }

  @Test
  void aStepThatWasNotUndoneIsTold() {
    assertThat(
            PeerRequests.wrongEnd(
                "{\"status\":\"UNDONE\",\"undone\":[\"s02\"]}".getBytes(UTF_8), Scenario.UNDO))
        .isEqualTo("ended wrongly: {\"status\":\"UNDONE\",\"undone\":[\"s02\"]}");
  }

  @Test
  void aPayloadThatIsNotTheOneThatWasSentIsTold() throws Exception {
    assertThat(
            problems(
                Scenario.SEQUENTIAL,
                any -> "{\"status\":\"COMPLETED\",\"payload\":{\"by\":\"s03\",\"hop\":\"03\"}}"))
        .hasSize(6)
        .contains("15 more flows ended wrongly");
  }

  @Test
  void anAnswerThatIsNoJsonIsTold() {
    assertThat(PeerRequests.wrongEnd("oops".getBytes(UTF_8), Scenario.SEQUENTIAL))
        .startsWith("was not answered with JSON");
  }

  @Test
  void aServerThatIsNotThereIsTold() {
    FlowRun run = new FlowRun(1);
    try (PeerRequests requests = new PeerRequests()) {
      pour(run, requests, URI.create("http://127.0.0.1:1/"), Scenario.SEQUENTIAL);

      assertThat(run.endedCount()).isEqualTo(1);
      assertThat(requests.takeProblems()).singleElement().asString().startsWith("flow 0 failed: ");
    }
  }

  /** Runs twenty flows on a server that answers like this. */
  private static List<String> problems(Scenario scenario, UnaryOperator<String> answer)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              answer
                  .apply(new String(exchange.getRequestBody().readAllBytes(), UTF_8))
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    FlowRun run = new FlowRun(20);
    try (PeerRequests requests = new PeerRequests()) {
      URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      pour(run, requests, address, scenario);

      assertThat(run.endedCount()).isEqualTo(20);
      return requests.takeProblems();
    } finally {
      server.stop(0);
    }
  }

  private static void pour(FlowRun run, PeerRequests requests, URI address, Scenario scenario) {
    Pacing.pour(run, 4, PATIENCE, requests.starts(run, address, scenario));
    Pacing.awaitEnds(run, PATIENCE, () -> {});
  }

  /** The payload as the third step hands it on. */
  private static String marked(String payload) {
    return payload.replace("\"by\":\"s00\",\"hop\":\"00\"", "\"by\":\"s03\",\"hop\":\"03\"");
  }
}
