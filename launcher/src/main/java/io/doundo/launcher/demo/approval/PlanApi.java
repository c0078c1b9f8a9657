package io.doundo.launcher.demo.approval;

import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.demo.DemoFailure;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The REST API of the façade, which is all that its users see of the example. Thread-safe. */
final class PlanApi {

  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final URI url;
  private final String key;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  PlanApi(URI url, String key) {
    this.url = url;
    this.key = key;
  }

  /** An answer, which may be a refusal. */
  record Answer(int status, JsonNode body) {

    boolean isSuccess() {
      return body.path("success").asBoolean(false);
    }

    JsonNode data() {
      return body.path("data");
    }

    /** The word for the reason of a refusal. */
    String error() {
      return body.path("error").asString("");
    }

    /** What the answer says, in a sentence. */
    String message() {
      return body.path("message").asString(body.toString());
    }
  }

  Answer get(String... path) throws DemoFailure, InterruptedException {
    return send(request(path).GET().build());
  }

  Answer post(Map<String, ?> body, String... path) throws DemoFailure, InterruptedException {
    return send(withBody("POST", body, path));
  }

  Answer put(Map<String, ?> body, String... path) throws DemoFailure, InterruptedException {
    return send(withBody("PUT", body, path));
  }

  private HttpRequest withBody(String method, Map<String, ?> body, String... path) {
    return request(path)
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)))
        .build();
  }

  private HttpRequest.Builder request(String... path) {
    StringBuilder address = new StringBuilder(url.toString());
    for (String segment : path) {
      // What begins with a question mark is the query.
      address.append(segment.startsWith("?") ? segment : '/' + ServiceClient.segment(segment));
    }
    return HttpRequest.newBuilder(URI.create(address.toString()))
        .timeout(ANSWER)
        .header("X-API-Key", key);
  }

  private Answer send(HttpRequest request) throws DemoFailure, InterruptedException {
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), Json.MAPPER.readTree(response.body()));
    } catch (IOException | JacksonException e) {
      throw new DemoFailure(
          "The façade did not answer %s %s: %s"
              .formatted(request.method(), request.uri(), e.getMessage()));
    }
  }
}
