package io.doundo.orchestrator.app.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import tools.jackson.databind.JsonNode;

/**
 * Keeps what a login at the provider has begun with, state, nonce and code verifier, in a signed
 * cookie of the browser for five minutes. The provider's answer is a navigation from another site,
 * which a stricter cookie would not come with.
 */
final class LoginStateCookie implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

  static final Duration LIFETIME = Duration.ofMinutes(5);

  private static final String AT = "expires";

  private final Signer signer;
  private final SessionCookie cookie;
  private final Clock clock;

  LoginStateCookie(@Nullable String secret, SessionCookie cookie, Clock clock) {
    this.signer = new Signer(secret, "doundo login state 1");
    this.cookie = cookie;
    this.clock = clock;
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
    String state = request.getParameter(OAuth2ParameterNames.STATE);
    return cookie
        .readLoginState(request)
        .flatMap(signer::open)
        .filter(begun -> begun.path(AT).asLong(0) > clock.millis())
        .filter(begun -> begun.path("state").asString("").equals(state))
        .map(LoginStateCookie::decoded)
        .orElse(null);
  }

  @Override
  public void saveAuthorizationRequest(
      @Nullable OAuth2AuthorizationRequest begun,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (begun == null) {
      cookie.writeLoginState(request, response, "", Duration.ZERO);
      return;
    }
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put(AT, clock.millis() + LIFETIME.toMillis());
    claims.put("state", begun.getState());
    claims.put("authorizationUri", begun.getAuthorizationUri());
    claims.put("requestUri", begun.getAuthorizationRequestUri());
    claims.put("clientId", begun.getClientId());
    claims.put("redirectUri", begun.getRedirectUri());
    claims.put("scopes", begun.getScopes());
    claims.put("parameters", begun.getAdditionalParameters());
    claims.put("attributes", begun.getAttributes());
    cookie.writeLoginState(request, response, signer.sign(claims), LIFETIME);
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
      HttpServletRequest request, HttpServletResponse response) {
    OAuth2AuthorizationRequest begun = loadAuthorizationRequest(request);
    if (begun != null) {
      cookie.writeLoginState(request, response, "", Duration.ZERO);
    }
    return begun;
  }

  private static OAuth2AuthorizationRequest decoded(JsonNode claims) {
    Set<String> scopes = new LinkedHashSet<>();
    claims.path("scopes").forEach(scope -> scopes.add(scope.asString("")));
    return OAuth2AuthorizationRequest.authorizationCode()
        .authorizationUri(claims.path("authorizationUri").asString(""))
        .authorizationRequestUri(claims.path("requestUri").asString(""))
        .clientId(claims.path("clientId").asString(""))
        .redirectUri(claims.path("redirectUri").asString(""))
        .scopes(scopes)
        .state(claims.path("state").asString(""))
        .additionalParameters(texts(claims.path("parameters")))
        .attributes(texts(claims.path("attributes")))
        .build();
  }

  private static Map<String, Object> texts(JsonNode object) {
    Map<String, Object> texts = new LinkedHashMap<>();
    object.properties().forEach(one -> texts.put(one.getKey(), one.getValue().asString("")));
    return texts;
  }
}
