package io.doundo.plans.http;

import io.doundo.plans.json.PlanJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sends JSON to one service and reads its answer. Thread-safe. */
public final class JsonHttp {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();
  private final String service;
  private final URI base;
  private final Duration limit;
  private final Map<String, String> headers;

  /**
   * Makes a client.
   *
   * @param service its name in messages
   * @param base what all paths are appended to
   * @param limit how long an answer may take
   * @param headers of every request
   */
  public JsonHttp(String service, URI base, Duration limit, Map<String, String> headers) {
    this.service = service;
    this.base = base;
    this.limit = limit;
    this.headers = Map.copyOf(headers);
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param path from the base on, encoded, with its query
   * @param body null for none
   * @param more further headers
   * @throws UnreachableException without an answer in time, and when the answer is a 5xx
   */
  public JsonResponse send(
      String method, String path, @Nullable JsonNode body, Map<String, String> more) {
    return send(method, path, body, more, limit);
  }

  /**
   * Asks whether the service answers, and waits two seconds at most.
   *
   * @throws UnreachableException without an answer in time, and when the answer is a 5xx
   */
  public JsonResponse probe(String path) {
    return send("GET", path, null, Map.of(), PROBE_LIMIT);
  }

  private JsonResponse send(
      String method,
      String path,
      @Nullable JsonNode body,
      Map<String, String> more,
      Duration patience) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(patience)
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(PlanJson.MAPPER.writeValueAsString(body)));
    headers.forEach(request::setHeader);
    more.forEach(request::setHeader);
    HttpResponse<String> answer = answer(request.build());
    if (answer.statusCode() >= 500) {
      throw new UnreachableException(
          "%s answered %d to %s %s".formatted(service, answer.statusCode(), method, path),
          true,
          null);
    }
    return new JsonResponse(answer.statusCode(), body(answer.body()), headers(answer));
  }

  private HttpResponse<String> answer(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new UnreachableException(
          "%s does not accept connections at %s".formatted(service, base), false, e);
    } catch (IOException e) {
      throw new UnreachableException(
          "%s gave no answer to %s %s: %s"
              .formatted(service, request.method(), request.uri().getPath(), e),
          true,
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("interrupted while waiting for " + service, true, e);
    }
  }

  private static ObjectNode body(String text) {
    if (text.isBlank()) {
      return JsonResponse.emptyBody();
    }
    try {
      return PlanJson.object(text);
    } catch (IllegalArgumentException e) {
      // Only a proxy or another service answers so; what counts then is the status.
      return JsonResponse.emptyBody();
    }
  }

  private static Map<String, String> headers(HttpResponse<String> answer) {
    Map<String, String> first = new HashMap<>();
    answer.headers().map().forEach((name, values) -> first.put(name, values.get(0)));
    return first;
  }
}
