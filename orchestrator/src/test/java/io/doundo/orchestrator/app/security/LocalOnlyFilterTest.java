package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class LocalOnlyFilterTest {

  private final LocalOnlyFilter filter = new LocalOnlyFilter(List.of("doundo.test:8080"));

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "localhost:8080, -, 200",
        "LOCALHOST, -, 200",
        "127.0.0.1:8080, -, 200",
        "[::1]:8080, -, 200",
        "doundo.test, -, 200",
        "localhost:8080, http://localhost:8080, 200",
        "localhost:8080, http://127.0.0.1:3000, 200",
        // A page whose host name resolves to the loopback interface.
        "evil.test:8080, -, 421",
        "localhost.evil.test, -, 421",
        "-, -, 421",
        // A form on a page of another origin.
        "localhost:8080, https://evil.test, 403",
        "localhost:8080, null, 403",
        "localhost:8080, http://localhost.evil.test, 403",
        "localhost:8080, ://, 403",
      })
  void browsersOfOtherSitesAreRefused(@Nullable String host, @Nullable String origin, int status)
      throws ServletException, IOException {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/flows/f/abandon");
    if (host != null) {
      request.addHeader("Host", host);
    }
    if (origin != null) {
      request.addHeader("Origin", origin);
    }
    MockHttpServletResponse response = new MockHttpServletResponse();
    MockFilterChain chain = new MockFilterChain();
    filter.doFilter(request, response, chain);
    assertThat(response.getStatus()).isEqualTo(status);
    assertThat(chain.getRequest() != null).isEqualTo(status == 200);
  }
}
