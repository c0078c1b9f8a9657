package io.doundo.orchestrator.app.security;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;

import io.doundo.orchestrator.api.OpenStreams;
import io.doundo.orchestrator.api.hook.HookAccess;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.ProblemWriter;
import io.doundo.orchestrator.app.ConsoleConfiguration;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import io.doundo.orchestrator.app.PeerPass;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.header.writers.DelegatingRequestMatcherHeaderWriter;
import org.springframework.security.web.header.writers.StaticHeadersWriter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Access rules: {@link RouteTable} says who may call what, {@link CallerFilter} who calls. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

  private static final Logger LOG = LoggerFactory.getLogger(SecurityConfiguration.class);

  private static final String VIEWER = Role.VIEWER.name();
  private static final String ADMIN = Role.ADMIN.name();

  /** Outside of the access rules, so that refused calls are logged too. */
  private static final int BEFORE_SECURITY = SecurityFilterProperties.DEFAULT_FILTER_ORDER - 10;

  @Bean
  KeyRing keyRing(DoundoProperties properties) {
    return new KeyRing(properties.api());
  }

  @Bean
  Clock loginClock() {
    return Clock.systemUTC();
  }

  @Bean
  Sessions sessions(KeyRing keys, DoundoProperties properties) {
    DoundoProperties.Api api = properties.api();
    if (api.asksForLogin() && api.secret() == null) {
      LOG.warn(
          "doundo.api.secret is not set: sessions of the console end when this process ends, and"
              + " other instances do not accept them");
    }
    DoundoProperties.OAuth2 oauth2 = api.oauth2();
    return new Sessions(keys, api.secret(), oauth2 == null ? null : ClaimedLogin.rules(oauth2));
  }

  @Bean
  Logins logins(KeyRing keys, Sessions sessions, DoundoProperties properties, Clock loginClock) {
    DoundoProperties.OAuth2 oauth2 = properties.api().oauth2();
    String audience = oauth2 == null ? null : oauth2.audience();
    BearerTokens tokens =
        oauth2 == null || audience == null ? null : new BearerTokens(oauth2, audience);
    return new Logins(keys, sessions, new FailedLogins(), tokens, loginClock);
  }

  @Bean
  SessionCookie sessionCookie(DoundoProperties properties) {
    return new SessionCookie(properties.console().plainHttp());
  }

  @Bean
  HookAccess hookAccess(DoundoProperties properties, Logins logins, Clock loginClock) {
    DoundoProperties.Api api = properties.api();
    return new HookLogins(
        api.asksForLogin() ? null : new LocalOnlyFilter(api.allowedHosts()), logins, loginClock);
  }

  @Bean(initMethod = "start")
  LoginWatch loginWatch(KeyRing keys, Sessions sessions, OpenStreams streams, Clock loginClock) {
    return new LoginWatch(keys, sessions, streams, loginClock);
  }

  @Bean
  FilterRegistrationBean<CallLog> callLog() {
    FilterRegistrationBean<CallLog> filter = new FilterRegistrationBean<>(new CallLog());
    filter.addUrlPatterns("/api/*");
    filter.setOrder(BEFORE_SECURITY);
    return filter;
  }

  @Bean
  SecurityFilterChain accessRules(
      HttpSecurity http,
      DoundoProperties properties,
      Logins logins,
      Sessions sessions,
      SessionCookie cookie,
      Clock loginClock)
      throws Exception {
    DoundoProperties.Api api = properties.api();
    boolean asksForLogin = api.asksForLogin();
    if (!asksForLogin) {
      http.addFilterBefore(
          new LocalOnlyFilter(api.allowedHosts()), AnonymousAuthenticationFilter.class);
    } else if (api.secret() != null) {
      http.addFilterBefore(
          new PeerFilter(new PeerPass(api.secret())), AnonymousAuthenticationFilter.class);
    }
    DoundoProperties.OAuth2 oauth2 = api.oauth2();
    String clientId = oauth2 == null ? null : oauth2.clientId();
    if (oauth2 != null && clientId != null) {
      LoginStateCookie state = new LoginStateCookie(api.secret(), cookie, loginClock);
      new OidcLogin(oauth2, clientId, sessions, cookie, state, loginClock).configure(http);
    }
    return http.addFilterBefore(
            new CallerFilter(asksForLogin, logins, cookie, api.payloads(), loginClock),
            AnonymousAuthenticationFilter.class)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        // A foreign page can ride on the session cookie only: CallerFilter accepts that for a
        // change from our own console alone. A key in a header is set by its sender, and without
        // logins LocalOnlyFilter decides.
        .csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .headers(
            headers ->
                headers.addHeaderWriter(
                    new DelegatingRequestMatcherHeaderWriter(
                        ConsoleConfiguration::isConsole,
                        new StaticHeadersWriter(
                            "Content-Security-Policy",
                            ConsoleConfiguration.CONTENT_SECURITY_POLICY))))
        .authorizeHttpRequests(requests -> authorize(requests, asksForLogin))
        .exceptionHandling(
            refused ->
                refused
                    .authenticationEntryPoint(
                        (request, response, e) ->
                            CallerFilter.refuse(response, needsLogin(request)))
                    .accessDeniedHandler(
                        (request, response, e) ->
                            ProblemWriter.write(
                                response,
                                ProblemKind.FORBIDDEN,
                                "Reading needs the role VIEWER, starting and controlling flows"
                                    + " OPERATOR, registering orchestrations ADMIN; TASKS completes"
                                    + " tasks.")))
        .build();
  }

  private static void authorize(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          requests,
      boolean asksForLogin) {
    requests
        // What failed has been allowed or refused before; this is the page that says so.
        .dispatcherTypeMatchers(DispatcherType.ERROR)
        .permitAll()
        .requestMatchers("/actuator/health/**", "/v3/api-docs/**", "/swagger-ui*/**")
        .permitAll()
        .requestMatchers(ConsoleConfiguration::isConsole)
        .permitAll();
    for (RouteTable.Row row : RouteTable.ROWS) {
      for (HttpMethod method : methods(row)) {
        if (!row.access().dryRunRoles().equals(row.access().roles())) {
          requests
              .requestMatchers(dryRun(method, row.pattern()))
              .hasAnyRole(names(row.access().dryRunRoles()));
        }
        var route = requests.requestMatchers(method, row.pattern());
        switch (row.access()) {
          case OPEN, HOOK -> route.permitAll();
          // Without logins every local user may do everything.
          case PEER -> route.hasRole(asksForLogin ? CallerFilter.PEER : ADMIN);
          case ANY,
              VIEWER,
              VIEWER_OR_TASKS,
              OPERATOR,
              OPERATOR_OR_DRY_RUN,
              OPERATOR_OR_TASKS,
              ADMIN ->
              route.hasAnyRole(names(row.access().roles()));
        }
      }
    }
    requests
        .requestMatchers(GET, "/**")
        .hasRole(VIEWER)
        .requestMatchers(HEAD, "/**")
        .hasRole(VIEWER)
        .anyRequest()
        .hasRole(ADMIN);
  }

  private static String[] names(Set<DoundoProperties.Role> roles) {
    return roles.stream().map(Enum::name).toArray(String[]::new);
  }

  /**
   * A request that says once, and in the form that every controller takes for a yes, that it is a
   * dry run. What a body says does not count here.
   */
  private static RequestMatcher dryRun(HttpMethod method, String pattern) {
    RequestMatcher route = PathPatternRequestMatcher.withDefaults().matcher(method, pattern);
    return request -> {
      String[] given = request.getParameterValues("dryRun");
      return given != null
          && given.length == 1
          && given[0].equals("true")
          && route.matches(request);
    };
  }

  /** Whoever may read a resource may ask for its head. */
  private static List<HttpMethod> methods(RouteTable.Row row) {
    return row.method().equals(GET) ? List.of(GET, HEAD) : List.of(row.method());
  }

  private static String needsLogin(HttpServletRequest request) {
    return request.getAttribute(CallerFilter.SESSION_PROBLEM) instanceof String ended
        ? ended
        : "Send an API key in the header "
            + CallerFilter.HEADER
            + ", or as Authorization: Bearer. In a browser, log in at the console.";
  }

  /** Instances that ask for keys can ask each other for flows only under a common secret. */
  @Bean
  InitializingBean peerSecretCheck(DoundoProperties properties) {
    return () -> {
      DoundoProperties.Api api = properties.api();
      if (properties.advertisedAddress() != null && api.asksForLogin() && api.secret() == null) {
        throw new PeerSecretMissingException();
      }
    };
  }

  /**
   * Refuses to listen on an address that other machines can reach while no API keys are configured.
   */
  @Bean
  InitializingBean openServerCheck(ServerProperties server, DoundoProperties properties) {
    return () -> {
      InetAddress address = server.getAddress();
      boolean open = address == null || !address.isLoopbackAddress();
      if (open && !properties.api().asksForLogin()) {
        throw new OpenServerException(
            address == null ? "all interfaces" : address.getHostAddress());
      }
    };
  }
}
