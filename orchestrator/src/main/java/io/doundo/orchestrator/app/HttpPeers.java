package io.doundo.orchestrator.app;

import io.doundo.orchestrator.api.Instances.InstanceView;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.flow.PeerFlows;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads from other instances over HTTP, each read under a pass for its caller. */
final class HttpPeers implements PeerFlows {

  private static final Duration CONNECT = Duration.ofSeconds(1);

  /** Longer than the other instance waits for stores that move, so that its reason arrives. */
  private static final Duration ANSWER = Duration.ofSeconds(4);

  /** The caller of reads after a wait, which happen outside of a request. */
  private static final PeerPass.Bearer SELF =
      new PeerPass.Bearer("doundo", DoundoProperties.Role.VIEWER);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final String scheme;
  private final @Nullable PeerPass passes;

  /**
   * @param scheme under which all instances serve
   * @param passes null when instances ask each other without keys, on one machine
   */
  HttpPeers(String scheme, @Nullable PeerPass passes) {
    this.scheme = scheme;
    this.passes = passes;
  }

  @Override
  public Optional<StoredFlow> find(String address, String flowId) {
    try {
      HttpResponse<byte[]> response =
          http.send(request(address, flowId), HttpResponse.BodyHandlers.ofByteArray());
      return switch (response.statusCode()) {
        case 200 -> FlowRecords.live(response.body());
        // A 404 may also come of an older build or of something else at that address.
        case 204 -> Optional.empty();
        default ->
            throw new ReadsUnavailableException(
                "The flow is on the instance at %s, which answered %d: %s"
                    .formatted(
                        address,
                        response.statusCode(),
                        new String(response.body(), StandardCharsets.UTF_8)));
      };
    } catch (IOException | IllegalArgumentException e) {
      throw new ReadsUnavailableException(
          "The flow is on the instance at %s, which does not answer (%s). Check its doundo.advertised-address."
              .formatted(address, e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReadsUnavailableException("The read was interrupted.", e);
    }
  }

  /**
   * Asks an instance for its own figures.
   *
   * @throws ReadsUnavailableException when it does not answer
   */
  InstanceView instance(String address) {
    try {
      HttpResponse<byte[]> response =
          http.send(
              request(address, PeerController.INSTANCE, "", SELF),
              HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new ReadsUnavailableException(
            "The instance at %s answered %d.".formatted(address, response.statusCode()));
      }
      JsonNode json = Json.MAPPER.readTree(response.body());
      List<Integer> partitions = new ArrayList<>();
      json.path("partitions").forEach(partition -> partitions.add(partition.intValue()));
      return new InstanceView(
          // By its address, whatever name it gives itself.
          address,
          partitions,
          number(json.get("lagMs")),
          number(json.get("timerLateMs")),
          json.path("state").asString("UNKNOWN"));
    } catch (IOException | IllegalArgumentException | JacksonException e) {
      throw new ReadsUnavailableException(
          "The instance at %s does not answer (%s).".formatted(address, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReadsUnavailableException("The read was interrupted.", e);
    }
  }

  private static @Nullable Long number(@Nullable JsonNode json) {
    return json == null || json.isNull() ? null : Long.valueOf(json.longValue());
  }

  private HttpRequest request(String address, String flowId) {
    String query = "?flowId=" + URLEncoder.encode(flowId, StandardCharsets.UTF_8);
    return request(address, PeerController.PATH + query, flowId, caller());
  }

  private HttpRequest request(String address, String path, String subject, PeerPass.Bearer caller) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(scheme + "://" + address + path)).timeout(ANSWER);
    if (passes != null) {
      request.header(PeerPass.HEADER, passes.issue(caller, subject, System.currentTimeMillis()));
    }
    return request.build();
  }

  private static PeerPass.Bearer caller() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    if (caller == null) {
      return SELF;
    }
    DoundoProperties.Role highest = DoundoProperties.Role.VIEWER;
    for (DoundoProperties.Role role : DoundoProperties.Role.values()) {
      String authority = "ROLE_" + role;
      if (caller.getAuthorities().stream()
          .map(GrantedAuthority::getAuthority)
          .anyMatch(authority::equals)) {
        highest = role;
      }
    }
    return new PeerPass.Bearer(caller.getName(), highest);
  }
}
