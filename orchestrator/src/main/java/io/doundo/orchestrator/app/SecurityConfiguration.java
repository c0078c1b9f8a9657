package io.doundo.orchestrator.app;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;

import io.doundo.orchestrator.api.ProblemKind;
import io.doundo.orchestrator.api.ProblemWriter;
import java.net.InetAddress;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.header.writers.DelegatingRequestMatcherHeaderWriter;
import org.springframework.security.web.header.writers.StaticHeadersWriter;

/**
 * Access rules: reads need VIEWER, starts and control verbs OPERATOR, registrations ADMIN. TASKS
 * opens the tasks only.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

  private static final String VIEWER = DoundoProperties.Role.VIEWER.name();
  private static final String OPERATOR = DoundoProperties.Role.OPERATOR.name();
  private static final String ADMIN = DoundoProperties.Role.ADMIN.name();

  private static final String TASKS = DoundoProperties.Role.TASKS.name();

  @Bean
  SecurityFilterChain security(HttpSecurity http, DoundoProperties properties) throws Exception {
    DoundoProperties.Api api = properties.api();
    if (api.keys().isEmpty()) {
      http.addFilterBefore(
          new LocalOnlyFilter(api.allowedHosts()), AnonymousAuthenticationFilter.class);
    }
    boolean keys = !api.keys().isEmpty();
    if (keys && api.secret() != null) {
      http.addFilterBefore(
          new PeerFilter(new PeerPass(api.secret())), AnonymousAuthenticationFilter.class);
    }
    return http.addFilterBefore(new ApiKeyFilter(api.keys()), AnonymousAuthenticationFilter.class)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        // There are no cookies for a foreign page to ride on: a request is allowed by the key in a
        // header that only its sender can set or, without keys, by LocalOnlyFilter.
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
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers("/actuator/health/**", "/v3/api-docs/**", "/swagger-ui*/**")
                    .permitAll()
                    .requestMatchers(ConsoleConfiguration::isConsole)
                    .permitAll()
                    // Without keys, every local user may do everything.
                    .requestMatchers(GET, PeerController.PATH)
                    .hasRole(keys ? ApiKeyFilter.PEER : ADMIN)
                    .requestMatchers(POST, "/api/orchestration/register", "/api/orchestrations")
                    .hasRole(ADMIN)
                    .requestMatchers(GET, "/api/tasks")
                    .hasAnyRole(VIEWER, TASKS)
                    .requestMatchers(POST, "/api/tasks/*")
                    .hasAnyRole(OPERATOR, TASKS)
                    .requestMatchers(GET, "/api/**", "/actuator/**")
                    .hasRole(VIEWER)
                    .requestMatchers("/api/**")
                    .hasRole(OPERATOR)
                    .anyRequest()
                    .hasRole(VIEWER))
        .exceptionHandling(
            refused ->
                refused
                    .authenticationEntryPoint(
                        (request, response, e) ->
                            ApiKeyFilter.refuse(
                                response,
                                "Send an API key in the header "
                                    + ApiKeyFilter.HEADER
                                    + ", or as Authorization: Bearer."))
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

  /** Instances that ask for keys can ask each other for flows only under a common secret. */
  @Bean
  InitializingBean peerSecretCheck(DoundoProperties properties) {
    return () -> {
      DoundoProperties.Api api = properties.api();
      if (properties.advertisedAddress() != null && !api.keys().isEmpty() && api.secret() == null) {
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
      if (open && properties.api().keys().isEmpty()) {
        throw new OpenServerException(
            address == null ? "all interfaces" : address.getHostAddress());
      }
    };
  }
}
