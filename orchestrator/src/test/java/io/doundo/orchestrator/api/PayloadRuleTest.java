package io.doundo.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.Payload;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.databind.json.JsonMapper;

class PayloadRuleTest {

  private record Inner(String name, RawJson result) {}

  private record View(
      String id,
      @Nullable RawJson payload,
      @Payload String value,
      Map<String, RawJson> results,
      @JsonUnwrapped Inner inner) {}

  private final JsonMapper mapper =
      JsonMapper.builder().addModule(new ApiConfiguration().rawJsonModule()).build();

  private final MockHttpServletRequest request = new MockHttpServletRequest();

  @AfterEach
  void forget() {
    SecurityContextHolder.clearContext();
    RequestContextHolder.resetRequestAttributes();
  }

  @Test
  void payloadsAreWrittenForThoseWhoMaySeeThem() {
    assertThat(written(PayloadRule.SHOWN)).contains("\"p\":1", "\"value\":\"v\"", "\"r\":2");
    assertThat(request.getAttribute(CallAudit.REVEALED)).isNull();
  }

  @Test
  void hiddenOnesAreNotSent() {
    assertThat(written("ROLE_ADMIN")).isEqualTo("{\"id\":\"one\",\"name\":\"inner\"}");
    request.addHeader("X-Doundo-Reveal", "true");
    assertThat(written("ROLE_ADMIN")).doesNotContain("payload", "value", "result");
    assertThatThrownBy(PayloadRule::requireShown)
        .isInstanceOfSatisfying(
            ApiProblem.class, e -> assertThat(e.kind()).isEqualTo(ProblemKind.PAYLOAD_HIDDEN));
  }

  @Test
  void thoseOnDemandAreSentWhenTheRequestAsksAndThatIsNoted() {
    assertThat(written(PayloadRule.ON_DEMAND)).doesNotContain("payload", "value", "result");
    assertThat(request.getAttribute(CallAudit.REVEALED)).isNull();
    request.addHeader("X-Doundo-Reveal", "true");
    assertThat(written(PayloadRule.ON_DEMAND)).contains("payload", "value", "result");
    assertThat(request.getAttribute(CallAudit.REVEALED)).isEqualTo(true);
  }

  @Test
  void outsideOfARequestNothingIsShown() {
    login(PayloadRule.SHOWN);
    RequestContextHolder.resetRequestAttributes();
    assertThat(mapper.writeValueAsString(view())).doesNotContain("payload", "value", "result");
  }

  private String written(String authority) {
    login(authority);
    return mapper.writeValueAsString(view());
  }

  private void login(String authority) {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                "kim", null, List.of(new SimpleGrantedAuthority(authority))));
    RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
  }

  private static View view() {
    return new View(
        "one",
        json("{\"p\":1}"),
        "v",
        Map.of("a", json("3")),
        new Inner("inner", json("{\"r\":2}")));
  }

  private static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(StandardCharsets.UTF_8));
  }
}
