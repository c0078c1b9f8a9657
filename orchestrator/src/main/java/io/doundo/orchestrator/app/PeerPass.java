package io.doundo.orchestrator.app;

import io.doundo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Signs the reads that one instance makes at another for a caller, and checks such signatures. A
 * pass says who asks, in which role, for which flow and until when; it is valid for that one read
 * and reveals nothing about the caller's credential. Thread-safe.
 */
public final class PeerPass {

  /** The header that carries a pass. */
  public static final String HEADER = "X-DoUndo-Peer";

  public static final Duration LIFETIME = Duration.ofSeconds(30);

  /** A pass that lasts longer was not made by this code, whatever its signature says. */
  private static final long LONGEST_MS = 2 * LIFETIME.toMillis();

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  public PeerPass(String secret) {
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  /** The holder of a pass. */
  public record Bearer(String principal, DoundoProperties.Role role) {}

  /**
   * Makes a pass for one flow.
   *
   * @param now ms since the epoch
   */
  public String issue(Bearer bearer, String flowId, long now) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("principal", bearer.principal());
    claims.put("role", bearer.role().name());
    claims.put("flowId", flowId);
    claims.put("expires", now + LIFETIME.toMillis());
    String text = encode(Json.MAPPER.writeValueAsBytes(claims));
    return text + '.' + encode(signature(text));
  }

  /**
   * Empty unless the pass was signed with the same secret, for this flow, and has not expired.
   *
   * @param now ms since the epoch
   */
  public Optional<Bearer> check(String pass, String flowId, long now) {
    int dot = pass.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    try {
      String text = pass.substring(0, dot);
      if (!MessageDigest.isEqual(signature(text), decode(pass.substring(dot + 1)))) {
        return Optional.empty();
      }
      JsonNode claims = Json.MAPPER.readTree(decode(text));
      long left = claims.path("expires").asLong(0) - now;
      boolean valid =
          left > 0 && left <= LONGEST_MS && claims.path("flowId").asString("").equals(flowId);
      return valid
          ? Optional.of(
              new Bearer(
                  claims.path("principal").asString(""),
                  DoundoProperties.Role.valueOf(claims.path("role").asString(""))))
          : Optional.empty();
    } catch (IllegalArgumentException | JacksonException e) {
      // Not base64, not JSON, not a role: not a pass.
      return Optional.empty();
    }
  }

  private byte[] signature(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] decode(String text) {
    return Base64.getUrlDecoder().decode(text);
  }
}
