package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;

class ApiKeyFilterTest {

  private static final String KEY = "dok_of-the-test";
  private static final String SHA_256 =
      "d7c01385b8f5b60e3f451bd0c75769793ab3a8c7ae33d587c540a2f114f34337";

  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/flows");
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @AfterEach
  void forget() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void aKeyComesInItsOwnHeaderOrAsABearerToken() throws Exception {
    request.addHeader("X-API-Key", KEY);
    assertThat(caller()).isEqualTo("alice");
    request.removeHeader("X-API-Key");
    SecurityContextHolder.clearContext();
    request.addHeader("Authorization", "bearer " + KEY);
    assertThat(caller()).isEqualTo("alice");
  }

  @Test
  void anUnknownKeyIsRefusedAndTheAnswerSaysHowToSendOne() throws Exception {
    request.addHeader("Authorization", "Bearer dok_unknown");
    assertThat(caller()).isEqualTo("nobody");
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(response.getHeader("WWW-Authenticate")).startsWith("Bearer");
    assertThat(response.getContentAsString()).contains("X-API-Key", "Authorization");
  }

  @Test
  void otherWaysToLogInAreNoKey() throws Exception {
    request.addHeader("Authorization", "Basic YTpi");
    assertThat(caller()).isEqualTo("nobody");
    assertThat(response.getStatus()).as("what comes behind the filter decides").isEqualTo(200);
  }

  private String caller() throws ServletException, IOException {
    new ApiKeyFilter(
            List.of(
                new DoundoProperties.Key(
                    "alice", SHA_256, DoundoProperties.Role.VIEWER, List.of(), List.of())))
        .doFilterInternal(request, response, new MockFilterChain());
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication == null ? "nobody" : Objects.requireNonNull(authentication.getName());
  }
}
