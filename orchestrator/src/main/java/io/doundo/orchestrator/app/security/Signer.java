package io.doundo.orchestrator.app.security;

import io.doundo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Signs claims that a browser keeps for us, with a key that is derived for one purpose: what is
 * signed for one does not pass for another. Thread-safe.
 */
final class Signer {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * @param secret null to use one of this signer only
   */
  Signer(@Nullable String secret, String purpose) {
    byte[] own = new byte[32];
    new SecureRandom().nextBytes(own);
    this.key =
        new SecretKeySpec(
            secret == null
                ? own
                : hmac(
                    new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM), purpose),
            ALGORITHM);
  }

  String sign(Map<String, ?> claims) {
    String text = encode(Json.MAPPER.writeValueAsBytes(claims));
    return text + '.' + encode(hmac(key, text));
  }

  /** The claims; empty unless they were signed with the same key. */
  Optional<JsonNode> open(String token) {
    int dot = token.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    try {
      String text = token.substring(0, dot);
      byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
      return MessageDigest.isEqual(hmac(key, text), signature)
          ? Optional.of(Json.MAPPER.readTree(Base64.getUrlDecoder().decode(text)))
          : Optional.empty();
    } catch (IllegalArgumentException | JacksonException e) {
      // Not base64, not JSON: not signed here.
      return Optional.empty();
    }
  }

  private static byte[] hmac(SecretKeySpec key, String text) {
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
}
