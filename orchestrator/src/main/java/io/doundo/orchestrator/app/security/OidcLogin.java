package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/**
 * The console's login at an OpenID provider: authorization code with PKCE, state and nonce. It ends
 * with the same session as a login with a key; the provider's tokens are not kept.
 */
final class OidcLogin {

  /** Where the console's link goes, relative to the root. */
  static final String START = "oauth2/authorization/doundo";

  private static final Logger LOG = LoggerFactory.getLogger(OidcLogin.class);
  private static final Logger CALLS = LoggerFactory.getLogger(CallLog.LOGGER);

  /** Browsers drop a cookie of more than 4096 bytes without a word. */
  private static final int LONGEST_COOKIE = 3_900;

  private static final String REGISTRATION = "doundo";
  private static final String BEGIN = "/oauth2/authorization";
  private static final String END = "/login/oauth2/code/*";

  private final DoundoProperties.OAuth2 settings;
  private final String clientId;
  private final Sessions sessions;
  private final SessionCookie cookie;
  private final LoginStateCookie state;
  private final Clock clock;
  private volatile @Nullable ClientRegistration registration;

  OidcLogin(
      DoundoProperties.OAuth2 settings,
      String clientId,
      Sessions sessions,
      SessionCookie cookie,
      LoginStateCookie state,
      Clock clock) {
    this.settings = settings;
    this.clientId = clientId;
    this.sessions = sessions;
    this.cookie = cookie;
    this.state = state;
    this.clock = clock;
  }

  void configure(HttpSecurity http) throws Exception {
    ClientRegistrationRepository registrations =
        id -> id.equals(REGISTRATION) ? registration() : null;
    DefaultOAuth2AuthorizationRequestResolver resolver =
        new DefaultOAuth2AuthorizationRequestResolver(registrations, BEGIN);
    resolver.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
    http.oauth2Login(
        login ->
            login
                .loginPage("/")
                .clientRegistrationRepository(registrations)
                .authorizedClientRepository(new NothingKept())
                .authorizationEndpoint(
                    begin ->
                        begin
                            .authorizationRequestResolver(resolver)
                            .authorizationRequestRepository(state))
                .redirectionEndpoint(end -> end.baseUri(END))
                .successHandler(this::succeeded)
                .failureHandler(
                    (request, response, failure) -> {
                      LOG.warn("A login at {} failed: {}", settings.issuer(), failure.toString());
                      back(request, response, "failed");
                    }));
  }

  private void succeeded(
      HttpServletRequest request, HttpServletResponse response, Authentication authentication)
      throws IOException {
    Optional<Login> login =
        authentication.getPrincipal() instanceof OidcUser user
            ? new ClaimedLogin(settings).of(user.getClaims(), null)
            : Optional.empty();
    if (login.isEmpty()) {
      LOG.warn(
          "{} logged in at {} and has no role here: {} names none",
          CallLog.clean(authentication.getName()),
          settings.issuer(),
          settings.rolesClaim());
      back(request, response, "no-role");
    } else if (!cookie.isKept(request)) {
      back(request, response, "needs-tls");
    } else {
      Instant now = Instant.now(clock);
      Sessions.Opened opened = sessions.open(login.get(), now);
      if (opened.token().length() > LONGEST_COOKIE) {
        back(request, response, "too-many-groups");
        return;
      }
      Instant end = opened.login().expiresAt();
      Duration lifetime = end == null ? Sessions.LIFETIME : Duration.between(now, end);
      cookie.write(request, response, opened.token(), lifetime);
      CALLS.info(
          "login principal={} roles={} at={} from={}",
          CallLog.clean(opened.login().name()),
          opened.login().roles(),
          settings.issuer(),
          request.getRemoteAddr());
      response.sendRedirect(request.getContextPath() + "/");
    }
  }

  private static void back(HttpServletRequest request, HttpServletResponse response, String why)
      throws IOException {
    response.sendRedirect(request.getContextPath() + "/?login=" + why);
  }

  /** The provider is asked when somebody logs in first: it need not run when this server starts. */
  private ClientRegistration registration() {
    ClientRegistration known = registration;
    if (known != null) {
      return known;
    }
    String secret = settings.clientSecret();
    ClientRegistration.Builder found =
        ClientRegistrations.fromIssuerLocation(settings.issuer())
            .registrationId(REGISTRATION)
            .clientId(clientId)
            .scope(settings.scopes());
    ClientRegistration made =
        secret == null
            ? found.clientAuthenticationMethod(ClientAuthenticationMethod.NONE).build()
            : found.clientSecret(secret).build();
    registration = made;
    return made;
  }

  /** Tokens of the provider are of no use once the session is open. */
  private static final class NothingKept implements OAuth2AuthorizedClientRepository {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // the interface has it
    public <T extends OAuth2AuthorizedClient> @Nullable T loadAuthorizedClient(
        String id, Authentication principal, HttpServletRequest request) {
      return null;
    }

    @Override
    public void saveAuthorizedClient(
        OAuth2AuthorizedClient client,
        Authentication principal,
        HttpServletRequest request,
        HttpServletResponse response) {}

    @Override
    public void removeAuthorizedClient(
        String id,
        Authentication principal,
        HttpServletRequest request,
        HttpServletResponse response) {}
  }
}
