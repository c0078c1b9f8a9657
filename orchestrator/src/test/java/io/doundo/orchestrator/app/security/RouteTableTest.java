package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.api.OpenStreams;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import io.doundo.orchestrator.app.security.RouteTable.Access;
import io.doundo.orchestrator.app.security.RouteTable.Row;
import io.doundo.orchestrator.core.GeneratedDocument;
import jakarta.servlet.Filter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Every route of every controller has its row, every row its route, and each role gets through to
 * exactly the routes that its rows allow.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RouteTableTest {

  private static final String SECRET = "s".repeat(40);

  private final AnnotationConfigWebApplicationContext context =
      new AnnotationConfigWebApplicationContext();

  @Configuration(proxyBeanMethods = false)
  @EnableWebSecurity
  @EnableConfigurationProperties({DoundoProperties.class, ServerProperties.class})
  @Import({SecurityConfiguration.class, OpenStreams.class})
  static class SecurityOnly {}

  private record Route(String method, String pattern) {}

  @BeforeAll
  void start() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("server.address", "127.0.0.1");
    settings.put("doundo.api.secret", SECRET);
    List<Role> roles = List.of(Role.values());
    for (Role role : roles) {
      String prefix = "doundo.api.keys[" + roles.indexOf(role) + "].";
      settings.put(prefix + "name", role.name().toLowerCase(Locale.ROOT));
      settings.put(prefix + "role", role.name());
      settings.put(prefix + "sha256", Keys.sha256(key(role)));
    }
    context.setServletContext(new MockServletContext());
    context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", settings));
    context.register(SecurityOnly.class);
    context.refresh();
  }

  @AfterAll
  void stop() {
    context.close();
  }

  @Test
  void everyRouteHasARowAndEveryRowARoute() throws ClassNotFoundException {
    TreeSet<String> rows = new TreeSet<>();
    RouteTable.ROWS.forEach(row -> rows.add(row.method() + " " + row.pattern()));
    TreeSet<String> routes = new TreeSet<>();
    routes().forEach(route -> routes.add(route.method + " " + route.pattern));
    assertThat(rows)
        .as(
            "RouteTable says who may call each route and what its answer shows; add a row for each"
                + " new route, and run this test with -Ddoundo.docs.update=true")
        .containsExactlyElementsOf(routes);
    assertThat(rows).hasSameSizeAs(RouteTable.ROWS);
  }

  @Test
  void aRequestMeetsTheRowOfItsRoute() {
    for (Row row : RouteTable.ROWS) {
      PathContainer path = PathContainer.parsePath(path(row));
      Row first =
          RouteTable.ROWS.stream()
              .filter(other -> other.method().equals(row.method()))
              .filter(
                  other -> PathPatternParser.defaultInstance.parse(other.pattern()).matches(path))
              .findFirst()
              .orElseThrow();
      assertThat(first.access()).as(row.toString()).isEqualTo(row.access());
    }
  }

  @Test
  void eachRoleGetsThroughToItsRoutesAndToNoOthers() throws Exception {
    for (Row row : RouteTable.ROWS) {
      for (Role role : Role.values()) {
        boolean expected = isOpen(row) || row.access().roles().contains(role);
        assertThat(status(row.method(), path(row), key(role)))
            .as("%s calls %s %s", role, row.method(), row.pattern())
            .isEqualTo(expected ? 200 : row.access() == Access.PEER ? 401 : 403);
      }
      assertThat(status(row.method(), path(row), null))
          .as("nobody calls %s %s", row.method(), row.pattern())
          .isEqualTo(isOpen(row) ? 200 : 401);
      assertThat(status(row.method(), path(row), "dok_unknown"))
          .as("an unknown key calls %s %s", row.method(), row.pattern())
          // A webhook judges the credentials of its sender itself.
          .isEqualTo(row.access() == Access.HOOK ? 200 : 401);
    }
  }

  @Test
  void aViewerMayTryWhatAnOperatorMayDo() throws Exception {
    for (Row row : RouteTable.ROWS) {
      boolean isOpenToViewers = isOpen(row) || row.access().dryRunRoles().contains(Role.VIEWER);
      int expected = isOpenToViewers ? 200 : row.access() == Access.PEER ? 401 : 403;
      assertThat(status(row.method(), path(row), key(Role.VIEWER), "true"))
          .as("a viewer tries %s %s", row.method(), row.pattern())
          .isEqualTo(expected);
      if (row.access() == Access.OPERATOR_OR_DRY_RUN) {
        assertThat(status(row.method(), path(row), key(Role.TASKS), "true")).isEqualTo(403);
        for (String[] given :
            new String[][] {{}, {"false"}, {"1"}, {"TRUE"}, {"true", "false"}, {"false", "true"}}) {
          assertThat(status(row.method(), path(row), key(Role.VIEWER), given))
              .as("a viewer calls %s with dryRun=%s", path(row), String.join(",", given))
              .isEqualTo(403);
        }
      }
    }
  }

  @Test
  void whatHasNoRowTakesTheHighestRoleToChangeAndALoginToRead() throws Exception {
    for (HttpMethod method :
        List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE)) {
      assertThat(status(method, "/api/new-route", key(Role.OPERATOR))).isEqualTo(403);
      assertThat(status(method, "/api/new-route", key(Role.ADMIN))).isEqualTo(200);
    }
    assertThat(status(HttpMethod.GET, "/api/new-route", key(Role.TASKS))).isEqualTo(403);
    assertThat(status(HttpMethod.GET, "/api/new-route", key(Role.VIEWER))).isEqualTo(200);
    assertThat(status(HttpMethod.HEAD, "/api/flows", key(Role.TASKS))).isEqualTo(403);
    assertThat(status(HttpMethod.HEAD, "/api/flows", key(Role.VIEWER))).isEqualTo(200);
    assertThat(status(HttpMethod.GET, "/actuator/prometheus", key(Role.TASKS))).isEqualTo(403);
    assertThat(status(HttpMethod.GET, "/actuator/health", null)).isEqualTo(200);
  }

  @Test
  void thePageOnSecurityHasTheTable() {
    StringBuilder table = new StringBuilder("| route | may call it | shows |\n|---|---|---|\n");
    for (Row row : RouteTable.ROWS) {
      table.append(
          "| `%s %s` | %s | %s |\n"
              .formatted(row.method(), row.pattern(), callers(row.access()), shows(row)));
    }
    GeneratedDocument.assertUpToDate("security.md", "routes", table.toString());
  }

  /** Whether the rules let everybody through; a webhook verifies a request afterwards. */
  private static boolean isOpen(Row row) {
    return row.access() == Access.OPEN || row.access() == Access.HOOK;
  }

  private static String callers(Access access) {
    return switch (access) {
      case OPEN -> "everybody";
      case HOOK -> "whoever the [webhook](triggers.md#how-a-request-is-verified) verifies";
      case PEER -> "other instances";
      case ANY,
          VIEWER,
          VIEWER_OR_TASKS,
          OPERATOR,
          OPERATOR_OR_DRY_RUN,
          OPERATOR_OR_TASKS,
          ADMIN -> {
        List<String> roles = new ArrayList<>();
        for (Role role : Role.values()) {
          if (access.roles().contains(role)) {
            roles.add(role.name());
          }
        }
        String all = String.join(", ", roles);
        yield access == Access.OPERATOR_OR_DRY_RUN ? all + "; VIEWER with `?dryRun=true`" : all;
      }
    };
  }

  private static String shows(Row row) {
    return switch (row.shows()) {
      case NOTHING -> "";
      case TEXTS -> "open texts";
      case PAYLOADS -> "open texts, payloads by role";
    };
  }

  private int status(HttpMethod method, String path, @Nullable String key, String... dryRun)
      throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest(method.name(), path);
    if (dryRun.length > 0) {
      request.setParameter("dryRun", dryRun);
    }
    request.setServletPath("");
    request.setPathInfo(path);
    // Each call has an address of its own: failures of one are not those of another.
    request.setRemoteAddr("10.0." + calls / 250 + "." + calls++ % 250);
    if (key != null) {
      request.addHeader("X-API-Key", key);
    }
    MockHttpServletResponse response = new MockHttpServletResponse();
    context
        .getBean("springSecurityFilterChain", Filter.class)
        .doFilter(request, response, new MockFilterChain());
    return response.getStatus();
  }

  private int calls;

  private static String path(Row row) {
    return row.pattern().replaceAll("\\{\\w+}", "any");
  }

  private static String key(Role role) {
    return "key of " + role;
  }

  private static List<Route> routes() throws ClassNotFoundException {
    ClassPathScanningCandidateComponentProvider scanner =
        new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
    Mapping mapping = new Mapping();
    List<Route> routes = new ArrayList<>();
    for (BeanDefinition found : scanner.findCandidateComponents("io.doundo.orchestrator")) {
      Class<?> type = ClassUtils.forName(Objects.requireNonNull(found.getBeanClassName()), null);
      ReflectionUtils.doWithMethods(
          type,
          method -> {
            RequestMappingInfo info = mapping.of(method, type);
            if (info != null) {
              for (String pattern : info.getPatternValues()) {
                if (pattern.equals("/error")) {
                  // The server's own page, which no request reaches.
                  continue;
                }
                info.getMethodsCondition()
                    .getMethods()
                    .forEach(verb -> routes.add(new Route(verb.name(), pattern)));
                assertThat(info.getMethodsCondition().getMethods()).as(pattern).isNotEmpty();
              }
            }
          });
    }
    return routes;
  }

  /** Reads the annotations of controllers as the server does. */
  private static final class Mapping extends RequestMappingHandlerMapping {
    @Nullable RequestMappingInfo of(java.lang.reflect.Method method, Class<?> type) {
      return getMappingForMethod(method, type);
    }
  }
}
