package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys for tests. */
final class Keys {

  private Keys() {}

  static DoundoProperties.Key key(String name, String secret, Role... roles) {
    return key(name, secret, null, roles);
  }

  static DoundoProperties.Key key(
      String name, String secret, @Nullable Instant expiresAt, Role... roles) {
    return new DoundoProperties.Key(
        name, sha256(secret), List.of(roles), List.of(), List.of(), expiresAt);
  }

  static String sha256(String secret) {
    try {
      byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
