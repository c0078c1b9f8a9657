package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.doundo.orchestrator.api.CallAudit;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** One line for each call that may change something, whatever became of it. */
class CallLogTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(CallLog.LOGGER);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final MockHttpServletRequest request =
      new MockHttpServletRequest("POST", "/api/flows/ord-17/retry");
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  @Test
  void aCallNamesItsCallerAndItsOutcome() throws Exception {
    Login login = Login.of(Keys.key("kim", "kim's", Role.OPERATOR));
    request.setRemoteAddr("192.0.2.1");
    request.setQueryString("dryRun=true");
    call(
        (r, s) -> {
          r.setAttribute(CallerFilter.PRINCIPAL, "kim");
          r.setAttribute(CallerFilter.LOGIN, login);
          r.setAttribute(CallAudit.FLOW_ID, "ord-17");
        });
    assertThat(text())
        .containsExactly(
            "call principal=kim roles=OPERATOR key="
                + login.keyId()
                + " method=POST path=/api/flows/ord-17/retry?dryRun=true flowId=ord-17 status=200"
                + " outcome=done from=192.0.2.1");
    assertThat(lines.list.get(0).getKeyValuePairs())
        .extracting(pair -> pair.key)
        .contains("principal", "status", "flowId");
  }

  @Test
  void theQueryOfAWebhookIsNotLogged() throws Exception {
    request.setRequestURI("/api/hooks/order/shop");
    request.setQueryString("token=s3cret");
    call((r, s) -> {});
    assertThat(text())
        .singleElement()
        .asString()
        .contains("path=/api/hooks/order/shop status")
        .doesNotContain("s3cret");
  }

  @Test
  void anAddressThatAProxyPassesOnMakesNoFields() throws Exception {
    request.setRemoteAddr("192.0.2.1 status=200");
    call((r, s) -> {});
    assertThat(text()).singleElement().asString().endsWith("from=192.0.2.1\\u{20}status=200");
  }

  @Test
  void aRefusedOneIsLoggedToo() throws Exception {
    call((r, s) -> ((HttpServletResponse) s).setStatus(401));
    assertThat(text()).singleElement().asString().contains("principal=nobody", "outcome=refused");
  }

  @Test
  void oneThatFailsIsLoggedToo() {
    try {
      call(
          (r, s) -> {
            throw new ServletException("broken");
          });
    } catch (Exception e) {
      assertThat(e).hasMessage("broken");
    }
    assertThat(text()).singleElement().asString().contains("status=500", "outcome=failed");
  }

  @Test
  void aReadIsLoggedOnlyIfItRevealsAPayloadOnRequest() throws Exception {
    request.setMethod("GET");
    call((r, s) -> {});
    assertThat(text()).isEmpty();
    call((r, s) -> r.setAttribute(CallAudit.REVEALED, true));
    assertThat(text())
        .singleElement()
        .asString()
        .startsWith("payload read")
        .contains("revealed=true");
  }

  @Test
  void aWaitingCallIsLoggedOnceItIsAnswered() throws Exception {
    request.setAsyncSupported(true);
    call((r, s) -> r.startAsync());
    assertThat(text()).isEmpty();
    request.setAsyncStarted(false);
    request.setDispatcherType(DispatcherType.ASYNC);
    call((r, s) -> ((HttpServletResponse) s).setStatus(409));
    assertThat(text()).singleElement().asString().contains("status=409", "outcome=refused");
  }

  @Test
  void oneWhoseCallerLeavesIsLoggedWhenItEnds() throws Exception {
    request.setAsyncSupported(true);
    call((r, s) -> r.startAsync());
    Objects.requireNonNull(request.getAsyncContext()).complete();
    assertThat(text()).singleElement().asString().contains("status=none", "outcome=unknown");
  }

  @Test
  void nobodyWritesALineOrAFieldOfTheirOwn() throws Exception {
    call(
        (r, s) ->
            r.setAttribute(
                CallAudit.FLOW_ID,
                "a status=200\ncall principal=root \u202E\u2028" + "x".repeat(900)));
    assertThat(text()).hasSize(1);
    assertThat(text().get(0))
        .doesNotContain("\n", "\u202E", "\u2028", " status=200 c", "principal=root ")
        .hasSizeLessThan(900);
  }

  private void call(FilterChain chain) throws Exception {
    new CallLog().doFilter(request, response, chain);
  }

  private List<String> text() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
