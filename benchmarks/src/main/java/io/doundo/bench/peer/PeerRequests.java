package io.doundo.bench.peer;

import io.doundo.bench.flow.FlowRun;
import io.doundo.bench.flow.Scenario;
import io.doundo.protocol.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Starts flows of a peer by HTTP requests, each answered when its flow has ended, and checks every
 * answer. One caller starts flows; one thread of its own sees them end.
 */
public final class PeerRequests implements AutoCloseable {

  private static final int SHOWN = 5;
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(10);

  private final ExecutorService ends =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "ends-of-peer");
            thread.setDaemon(true);
            return thread;
          });
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(ends).build();
  private final List<String> problems = new ArrayList<>();

  /** The request that starts a flow. */
  static HttpRequest start(URI address, byte[] payload, Duration limit) {
    return HttpRequest.newBuilder(address)
        .timeout(limit)
        .header("content-type", "application/json")
        .POST(BodyPublishers.ofByteArray(payload))
        .build();
  }

  /** Starts the flow of a run that has this number. */
  public IntConsumer starts(FlowRun run, URI address, Scenario scenario) {
    IntFunction<byte[]> payloads = scenario.payloads();
    return flow -> {
      CompletableFuture<HttpResponse<byte[]>> unused =
          http.sendAsync(
                  start(address, payloads.apply(flow), ANSWER_LIMIT), BodyHandlers.ofByteArray())
              .whenCompleteAsync(
                  (response, failure) -> {
                    long at = System.nanoTime();
                    String problem =
                        failure == null
                            ? wrong(response, scenario)
                            : "failed: " + failure.getMessage();
                    if (problem != null) {
                      note("flow %d %s".formatted(flow, problem));
                    }
                    // Behind its problem: once all have ended, problems are looked at.
                    run.ended(flow, at);
                  },
                  ends);
    };
  }

  private void note(String problem) {
    synchronized (problems) {
      problems.add(problem);
    }
  }

  /** The problems with the flows that have ended since the last call; empty when there are none. */
  public List<String> takeProblems() {
    synchronized (problems) {
      List<String> shown = new ArrayList<>(problems.subList(0, Math.min(SHOWN, problems.size())));
      if (problems.size() > SHOWN) {
        shown.add("%d more flows ended wrongly".formatted(problems.size() - SHOWN));
      }
      problems.clear();
      return shown;
    }
  }

  private static @Nullable String wrong(HttpResponse<byte[]> response, Scenario scenario) {
    return response.statusCode() == 200
        ? wrongEnd(response.body(), scenario)
        : "was answered with status " + response.statusCode();
  }

  /**
   * What is wrong with how a flow ended: it must have passed all steps, its payload with it, or
   * have undone the second step and then the first.
   */
  static @Nullable String wrongEnd(byte[] answer, Scenario scenario) {
    JsonNode end;
    try {
      end = Json.MAPPER.readTree(answer);
    } catch (JacksonException e) {
      return "was not answered with JSON: " + e.getMessage();
    }
    boolean right =
        switch (scenario) {
          case SEQUENTIAL ->
              end.path("status").asString("").equals("COMPLETED")
                  && end.path("payload").path("by").asString("").equals("s03")
                  && end.path("payload").path("hop").asString("").equals("03")
                  && Json.MAPPER.writeValueAsBytes(end.path("payload")).length
                      == scenario.payloadBytes();
          case UNDO ->
              end.path("status").asString("").equals("UNDONE")
                  && end.path("undone").toString().equals("[\"s02\",\"s01\"]");
          default -> throw new IllegalArgumentException(scenario + " is not measured of peers");
        };
    return right ? null : "ended wrongly: " + end;
  }

  @Override
  public void close() {
    ends.shutdownNow();
  }
}
