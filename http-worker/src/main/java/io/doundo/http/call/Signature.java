package io.doundo.http.call;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The headers of a signed webhook, as the Standard Webhooks specification has them. */
final class Signature {

  private static final String PREFIX = "whsec_";

  private Signature() {}

  /**
   * The three headers.
   *
   * @param secret {@code whsec_} and base64, or any other text
   */
  static Map<String, String> headers(String secret, String id, Instant at, byte[] body) {
    String timestamp = Long.toString(at.getEpochSecond());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key(secret), "HmacSHA256"));
      mac.update((id + '.' + timestamp + '.').getBytes(StandardCharsets.UTF_8));
      String signed = Base64.getEncoder().encodeToString(mac.doFinal(body));
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("webhook-id", id);
      headers.put("webhook-timestamp", timestamp);
      headers.put("webhook-signature", "v1," + signed);
      return headers;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static byte[] key(String secret) {
    return secret.startsWith(PREFIX)
        ? Base64.getDecoder().decode(secret.substring(PREFIX.length()))
        : secret.getBytes(StandardCharsets.UTF_8);
  }
}
