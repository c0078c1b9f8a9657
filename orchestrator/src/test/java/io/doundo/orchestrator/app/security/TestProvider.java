package io.doundo.orchestrator.app.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A small OpenID provider: discovery, keys, the authorization endpoint, where everybody is logged
 * in already, and the token endpoint, which insists on PKCE.
 */
public final class TestProvider implements AutoCloseable {

  public static final String CLIENT = "doundo-console";

  private static final String PAGE =
      "<!doctype html><title>Provider</title><link rel=icon href='data:,'>"
          + "<a id=allow href='%s'>Allow DoUndo to know you</a>";

  /** What the next login says about its user. */
  public volatile Map<String, Object> user = Map.of();

  /** Put into the next token instead of the nonce that was asked for. */
  volatile String nonce = "";

  private final RSAKey key = newKey();
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final String browserHost;

  TestProvider() {
    this("");
  }

  /**
   * @param browserHost the name under which browsers know it, where a page asks the user to go on;
   *     empty if browsers are sent on at once
   */
  public TestProvider(String browserHost) {
    this.browserHost = browserHost;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/.well-known/openid-configuration", exchange -> json(exchange, discovery()));
    server.createContext(
        "/keys", exchange -> json(exchange, new JWKSet(key.toPublicJWK()).toJSONObject()));
    server.createContext("/authorize", this::authorize);
    server.createContext("/token", this::token);
    server.start();
  }

  public String issuer() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  static RSAKey newKey() {
    try {
      return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** A token of this provider. */
  String token(String audience, Instant expiresAt, Map<String, Object> claims) {
    return token(key, audience, expiresAt, claims);
  }

  /** A token that claims to be of this provider. */
  String token(RSAKey signer, String audience, Instant expiresAt, Map<String, Object> claims) {
    JWTClaimsSet.Builder all =
        new JWTClaimsSet.Builder()
            .issuer(issuer())
            .audience(audience)
            .issueTime(Date.from(expiresAt.minus(Duration.ofMinutes(5))))
            .expirationTime(Date.from(expiresAt));
    claims.forEach(all::claim);
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(signer.getKeyID()).build(),
            all.build());
    try {
      jwt.sign(new RSASSASigner(signer));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
    return jwt.serialize();
  }

  private Map<String, Object> discovery() {
    return Map.of(
        "issuer", issuer(),
        "authorization_endpoint", browserAddress() + "/authorize",
        "token_endpoint", issuer() + "/token",
        "jwks_uri", issuer() + "/keys",
        "response_types_supported", List.of("code"),
        "subject_types_supported", List.of("public"),
        "id_token_signing_alg_values_supported", List.of("RS256"),
        "token_endpoint_auth_methods_supported", List.of("client_secret_basic"));
  }

  private String browserAddress() {
    return browserHost.isEmpty()
        ? issuer()
        : "http://%s:%d".formatted(browserHost, server.getAddress().getPort());
  }

  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
    boolean isRight =
        CLIENT.equals(asked.get("client_id"))
            && "code".equals(asked.get("response_type"))
            && "S256".equals(asked.get("code_challenge_method"))
            && asked.containsKey("nonce");
    if (!isRight) {
      answer(exchange, 400, "text/plain", asked.toString());
      return;
    }
    String code = UUID.randomUUID().toString();
    codes.put(code, asked);
    String back =
        "%s?code=%s&state=%s"
            .formatted(URI.create(asked.get("redirect_uri")), code, asked.get("state"));
    if (browserHost.isEmpty()) {
      exchange.getResponseHeaders().set("Location", back);
      exchange.sendResponseHeaders(302, -1);
      exchange.close();
    } else {
      answer(exchange, 200, "text/html", PAGE.formatted(back.replace("&", "&amp;")));
    }
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> sent =
        form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    Map<String, String> asked = codes.remove(String.valueOf(sent.get("code")));
    if (asked == null
        || !challenge(String.valueOf(sent.get("code_verifier")))
            .equals(asked.get("code_challenge"))) {
      answer(exchange, 400, "application/json", "{\"error\": \"invalid_grant\"}");
      return;
    }
    Map<String, Object> claims = new HashMap<>(user);
    claims.put("nonce", nonce.isEmpty() ? asked.get("nonce") : nonce);
    json(
        exchange,
        Map.of(
            "access_token",
            "opaque",
            "token_type",
            "Bearer",
            "expires_in",
            300,
            "id_token",
            token(CLIENT, Instant.now().plusSeconds(300), claims)));
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> form(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String field : text.split("&", -1)) {
      int equals = field.indexOf('=');
      fields.put(
          URLDecoder.decode(field.substring(0, equals), StandardCharsets.UTF_8),
          URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return fields;
  }

  private static void json(HttpExchange exchange, Map<String, Object> body) throws IOException {
    answer(exchange, 200, "application/json", Json.MAPPER.writeValueAsString(body));
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
