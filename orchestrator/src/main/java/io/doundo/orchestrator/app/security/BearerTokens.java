package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.web.client.RestTemplate;

/**
 * Checks the access tokens of the configured issuer: signature, issuer, time, and that they are for
 * this server. The issuer's keys are fetched when the first token comes. Thread-safe.
 */
final class BearerTokens {

  /** What keys of ours begin with; they are never tokens. */
  private static final String KEY = "dok_";

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final JwtDecoder decoder;
  private final ClaimedLogin logins;
  private final DoundoProperties.OAuth2 settings;

  BearerTokens(DoundoProperties.OAuth2 settings, String audience) {
    this.settings = settings;
    this.logins = new ClaimedLogin(settings);
    this.decoder = new SupplierJwtDecoder(() -> decoder(settings, audience));
  }

  /**
   * What a token is worth.
   *
   * @param login null when it is refused
   * @param isGuess whether the token itself is wrong
   */
  record Checked(@Nullable Login login, String problem, boolean isGuess) {}

  /** Whether the text has the form of a token. */
  static boolean isToken(String credential) {
    return !credential.startsWith(KEY) && credential.chars().filter(c -> c == '.').count() == 2;
  }

  /** What a token is called where it must not stand. */
  static String id(String token) {
    return "token " + KeyRing.id(token);
  }

  Checked check(String token) {
    try {
      Jwt jwt = decoder.decode(token);
      Map<String, Object> claims = jwt.getClaims();
      Instant expiresAt = jwt.getExpiresAt();
      if (expiresAt == null) {
        return new Checked(null, "The bearer token has no expiry (exp).", true);
      }
      Optional<Login> login = logins.of(claims, expiresAt);
      return login.isPresent()
          ? new Checked(login.get(), "", false)
          : new Checked(
              null,
              "The bearer token names no role of this server in %s, or no caller in %s."
                  .formatted(settings.rolesClaim(), settings.nameClaim()),
              false);
    } catch (BadJwtException e) {
      return new Checked(null, "The bearer token is not valid: " + e.getMessage(), true);
    } catch (JwtException e) {
      return new Checked(null, "The bearer token cannot be checked now: " + e.getMessage(), false);
    }
  }

  /** An issuer that does not answer must not hold the threads of all other callers. */
  private static RestTemplate http() {
    SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(PATIENCE);
    requests.setReadTimeout(PATIENCE);
    return new RestTemplate(requests);
  }

  private static JwtDecoder decoder(DoundoProperties.OAuth2 settings, String audience) {
    String keys = settings.jwkSet();
    NimbusJwtDecoder decoder =
        keys == null
            ? NimbusJwtDecoder.withIssuerLocation(settings.issuer()).restOperations(http()).build()
            : NimbusJwtDecoder.withJwkSetUri(keys).restOperations(http()).build();
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            JwtValidators.createDefaultWithIssuer(settings.issuer()),
            new JwtClaimValidator<List<String>>(
                JwtClaimNames.AUD, named -> named != null && named.contains(audience))));
    return decoder;
  }
}
