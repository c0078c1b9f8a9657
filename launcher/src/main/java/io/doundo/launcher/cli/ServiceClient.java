package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Speaks to the service over REST. Whatever is not a success ends in a {@link CommandFailure} that
 * carries the service's own explanation.
 */
public final class ServiceClient {

  private static final Set<String> DOTS = Set.of(".", "..");

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** The service itself waits up to 15 s for the outcome of a control verb. */
  private static final Duration ANSWER = Duration.ofSeconds(40);

  private final URI url;
  private final @Nullable String apiKey;
  private final HttpClient http;

  public ServiceClient(URI url, @Nullable String apiKey) {
    this.url = url;
    this.apiKey = apiKey;
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(CONNECT);
    if ("http".equalsIgnoreCase(url.getScheme())) {
      client.sslContext(trustingNobody());
    }
    this.http = client.build();
  }

  /**
   * A client reads the certificates of all authorities when it is made, which takes longer than the
   * rest of a short command; without encryption it needs none.
   */
  private static SSLContext trustingNobody() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[0], null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  /** An answer of the service: its status and its body. */
  public record Response(int status, JsonNode body) {}

  /** A part of a path, in the form in which it can stand between slashes. */
  public static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A query of these parameters, with its question mark; empty values are left out. */
  public static String query(Map<String, String> parameters) {
    String query =
        parameters.entrySet().stream()
            .filter(parameter -> !parameter.getValue().isEmpty())
            .map(parameter -> parameter.getKey() + '=' + segment(parameter.getValue()))
            .collect(Collectors.joining("&"));
    return query.isEmpty() ? "" : '?' + query;
  }

  /**
   * Where a flow is, or a part of it. A flowId that servers and proxies change in a path stands in
   * the query.
   *
   * @param part {@code ""}, or one that begins with a slash, such as {@code /timeline}
   */
  public static String flowPath(String flowId, String part) {
    boolean fragile = flowId.contains("\\") || flowId.contains("//") || DOTS.contains(flowId);
    return fragile
        ? "/api/flow" + part + "?flowId=" + segment(flowId)
        : "/api/flows/" + segment(flowId) + part;
  }

  /** The same with a further parameter in the query. */
  public static String flowPath(String flowId, String part, String parameter) {
    String path = flowPath(flowId, part);
    return path + (path.contains("?") ? '&' : '?') + parameter;
  }

  public JsonNode flow(String flowId) {
    return get(flowPath(flowId, ""));
  }

  public JsonNode timeline(String flowId) {
    return get(flowPath(flowId, "/timeline"));
  }

  public JsonNode get(String path) {
    return send(request(path).timeout(ANSWER).GET().build()).body();
  }

  /**
   * Any request.
   *
   * @param body JSON, or null for none
   */
  public Response send(String method, String path, @Nullable RawJson body) {
    HttpRequest.Builder request = request(path).timeout(ANSWER);
    if (body == null) {
      return send(request.method(method, BodyPublishers.noBody()).build());
    }
    return send(
        request
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofByteArray(body.bytes()))
            .build());
  }

  /** The bytes of a response that is no JSON. */
  public byte[] bytes(String path) {
    HttpResponse<byte[]> response =
        exchange(request(path).timeout(ANSWER).GET().build(), BodyHandlers.ofByteArray());
    if (response.statusCode() / 100 == 2) {
      return response.body();
    }
    throw Problems.failure(response.statusCode(), problem(response.body()));
  }

  private static JsonNode problem(byte[] body) {
    try {
      return ServiceJson.MAPPER.readTree(body);
    } catch (JacksonException e) {
      // A proxy may answer in its own format; the status says enough.
      return MissingNode.getInstance();
    }
  }

  /** The clock of the service by the header of an answer; null when it sends none. */
  public @Nullable Instant clock() {
    HttpResponse<Void> response =
        exchange(
            request("/actuator/health/liveness").timeout(ANSWER).GET().build(),
            BodyHandlers.discarding());
    return response
        .headers()
        .firstValue("Date")
        .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
        .orElse(null);
  }

  /**
   * Posts JSON.
   *
   * @param wait how long the service was asked to wait before it answers
   */
  public Response post(String path, RawJson body, Duration wait) {
    return send(
        request(path)
            .timeout(ANSWER.plus(wait))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body.bytes()))
            .build());
  }

  /**
   * Posts a registration document.
   *
   * @param service who registers; empty when the document says so
   */
  public JsonNode register(byte[] document, String contentType, String service) {
    HttpRequest.Builder request =
        request("/api/orchestrations").timeout(ANSWER).header("Content-Type", contentType);
    if (!service.isEmpty()) {
      request.header("X-Service-Name", service);
    }
    return send(request.POST(BodyPublishers.ofByteArray(document)).build()).body();
  }

  /** The lines of an event stream, while it lasts. The stream must be closed. */
  public Stream<String> events(String path, int lastEventId) {
    HttpRequest request =
        request(path)
            .header("Accept", "text/event-stream")
            .header("Last-Event-ID", Integer.toString(lastEventId))
            .GET()
            .build();
    HttpResponse<Stream<String>> response = exchange(request, BodyHandlers.ofLines());
    if (response.statusCode() == 200) {
      return response.body();
    }
    response.body().close();
    return Stream.empty();
  }

  private HttpRequest.Builder request(String path) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url.toString().replaceAll("/+$", "") + path))
              .header("X-Doundo-Client", "cli");
      return apiKey == null || apiKey.isBlank() ? request : request.header("X-API-Key", apiKey);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, url + " is not a valid service address: " + e.getMessage(), null, e);
    }
  }

  private Response send(HttpRequest request) {
    HttpResponse<InputStream> response = exchange(request, BodyHandlers.ofInputStream());
    JsonNode body = body(response);
    if (response.statusCode() / 100 == 2) {
      return new Response(response.statusCode(), body);
    }
    throw Problems.failure(response.statusCode(), body);
  }

  private JsonNode body(HttpResponse<InputStream> response) {
    try (InputStream body = response.body()) {
      byte[] bytes = body.readAllBytes();
      return bytes.length == 0 ? MissingNode.getInstance() : ServiceJson.MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw unreachable("it closed the connection in the middle of a response", e);
    } catch (JacksonException e) {
      throw new CommandFailure(
          ExitCodes.UNREACHABLE, unreadable(response, Json.wordingOf(e)), null, e);
    }
  }

  /** Only a response that does not claim to be JSON is attributed to another server. */
  private String unreadable(HttpResponse<?> response, String reason) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    return type.contains("json")
        ? "The response of %s cannot be read (HTTP status %d): %s"
            .formatted(url, response.statusCode(), reason)
        : "The server at %s is not DoUndo: HTTP status %d without JSON. Check --url."
            .formatted(url, response.statusCode());
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (HttpTimeoutException e) {
      throw unreachable("the request timed out", e);
    } catch (IOException e) {
      String message = e.getMessage();
      throw unreachable(message == null ? "connection refused" : message, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted", e);
    }
  }

  private CommandFailure unreachable(String reason, Exception cause) {
    return new CommandFailure(
        ExitCodes.UNREACHABLE,
        "Cannot reach DoUndo at %s: %s. Start it with \"%s dev\", or set its address with --url or DOUNDO_URL."
            .formatted(url, reason, Shell.command()),
        null,
        cause);
  }
}
