package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Signs and checks sessions. A session is a signed statement that the browser keeps, so the server
 * stores none. It names the key that it was opened with, and holds only while that key does: a key
 * that is removed, expires or loses a role ends its sessions. One that an issuer vouches for holds
 * as long as the rules stay the same by which its claims gave it its roles. Thread-safe.
 */
final class Sessions {

  static final Duration LIFETIME = Duration.ofHours(8);

  private final KeyRing keys;
  private final Signer signer;
  private final String rules;

  /**
   * @param secret null to use one of this process only
   */
  Sessions(KeyRing keys, @Nullable String secret) {
    this(keys, secret, null);
  }

  /**
   * @param rules who vouches for logins without a key, and by which rules; null when nobody does
   */
  Sessions(KeyRing keys, @Nullable String secret, @Nullable String rules) {
    this.keys = keys;
    this.rules = rules == null ? "" : digest(rules);
    this.signer = new Signer(secret, "doundo session 1");
  }

  /** The cookie has no room for the rules themselves. */
  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A login with the statement that proves it later. */
  record Opened(Login login, String token) {}

  Opened open(Login login, Instant now) {
    Instant end = now.plus(LIFETIME);
    Instant limit = login.expiresAt();
    Instant expiresAt = limit != null && limit.isBefore(end) ? limit : end;
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("name", login.name());
    claims.put("roles", login.roles().stream().map(Enum::name).sorted().toList());
    if (login.keyId() != null) {
      claims.put("key", login.keyId());
    } else {
      claims.put("rules", rules);
      claims.put("groups", login.groups());
    }
    claims.put("expires", expiresAt.toEpochMilli());
    return new Opened(
        new Login(
            login.name(),
            login.roles(),
            login.groups(),
            login.permissions(),
            login.keyId(),
            Instant.ofEpochMilli(expiresAt.toEpochMilli())),
        signer.sign(claims));
  }

  /** The login of a session; empty unless it was signed here and still holds. */
  Optional<Login> check(String token, Instant now) {
    try {
      return signer.open(token).flatMap(this::login).filter(login -> holds(login, now));
    } catch (IllegalArgumentException e) {
      // A role of another release.
      return Optional.empty();
    }
  }

  /** Whether a login that was valid once is still valid. */
  boolean holds(Login login, Instant now) {
    if (login.isOver(now)) {
      return false;
    }
    String keyId = login.keyId();
    return keyId == null
        || keys.byId(keyId)
            .filter(key -> key.name().equals(login.name()))
            .map(Login::of)
            .filter(current -> !current.isOver(now))
            .filter(current -> current.allRoles().containsAll(login.allRoles()))
            .isPresent();
  }

  private Optional<Login> login(JsonNode claims) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (JsonNode role : claims.path("roles")) {
      roles.add(Role.valueOf(role.asString("")));
    }
    String name = claims.path("name").asString("");
    Instant expiresAt = Instant.ofEpochMilli(claims.path("expires").asLong(0));
    String keyId = claims.path("key").asString("");
    if (keyId.isEmpty()) {
      if (!claims.path("rules").asString("").equals(rules)) {
        return Optional.empty();
      }
      List<String> groups = new ArrayList<>();
      claims.path("groups").forEach(group -> groups.add(group.asString("")));
      return Optional.of(new Login(name, roles, groups, Set.of(), null, expiresAt));
    }
    return keys.byId(keyId).map(key -> of(key, name, roles, expiresAt));
  }

  /** The groups and permissions are those that the key has now. */
  private static Login of(
      DoundoProperties.Key key, String name, Set<Role> roles, Instant expiresAt) {
    Login current = Login.of(key);
    return new Login(
        name, roles, current.groups(), current.permissions(), current.keyId(), expiresAt);
  }
}
