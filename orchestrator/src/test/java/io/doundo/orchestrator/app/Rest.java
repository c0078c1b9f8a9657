package io.doundo.orchestrator.app;

import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A plain HTTP client of the API. */
public final class Rest {

  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;
  private final String[] always;

  /**
   * @param always headers added to every request
   */
  public Rest(int port, String... always) {
    base = "http://localhost:" + port;
    this.always = always;
  }

  /** A response; the JSON is a missing node if there was no body. */
  public record Reply(int status, String contentType, JsonNode json, HttpResponse<String> http) {}

  public Reply get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  public Reply head(String path, String... headers) {
    return send(request(path, headers).method("HEAD", BodyPublishers.noBody()).build());
  }

  public Reply post(String path, String body, String... headers) {
    return send(request(path, headers).POST(BodyPublishers.ofString(body)).build());
  }

  Reply patch(String path, String body, String... headers) {
    return send(request(path, headers).method("PATCH", BodyPublishers.ofString(body)).build());
  }

  public Reply put(String path, String body, String... headers) {
    return send(request(path, headers).PUT(BodyPublishers.ofString(body)).build());
  }

  public Reply delete(String path, String... headers) {
    return send(request(path, headers).DELETE().build());
  }

  /** The lines of a stream, as they arrive. */
  public Stream<String> stream(String path, String... headers) {
    try {
      return client.send(request(path, headers).GET().build(), BodyHandlers.ofLines()).body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(70));
    if (always.length > 0) {
      request.headers(always);
    }
    return headers.length == 0 ? request : request.headers(headers);
  }

  private Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      String type = response.headers().firstValue("Content-Type").orElse("");
      boolean json = type.contains("json") && !response.body().isEmpty();
      return new Reply(
          response.statusCode(),
          type,
          json ? Json.MAPPER.readTree(response.body()) : Json.MAPPER.missingNode(),
          response);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
