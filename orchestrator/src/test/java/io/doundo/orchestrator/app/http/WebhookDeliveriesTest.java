package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.http.call.ConnectedServices.Posted;
import io.doundo.http.client.CallResult;
import io.doundo.orchestrator.notify.SendResult;
import io.doundo.orchestrator.notify.SendResult.Kind;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the result of a call says about a receiver. */
class WebhookDeliveriesTest {

  private static SendResult of(CallResult result, @Nullable Duration retryAfter) {
    return WebhookDeliveries.result(new Posted(result, retryAfter), 7);
  }

  private static CallResult answered(int status) {
    return new CallResult.Answered(status, Map.of(), new byte[0]);
  }

  @Test
  void anAnswerSaysItWithItsStatus() {
    assertThat(of(answered(204), null).kind()).isEqualTo(Kind.DELIVERED);
    assertThat(of(answered(302), null).kind()).isEqualTo(Kind.FAILED);
    assertThat(of(answered(422), null).kind()).isEqualTo(Kind.BODY_REFUSED);
    assertThat(of(answered(503), null).kind()).isEqualTo(Kind.FAILED);
    SendResult throttled = of(answered(429), Duration.ofSeconds(9));
    assertThat(throttled.kind()).isEqualTo(Kind.THROTTLED);
    assertThat(throttled.retryAfter()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void theLimitsOfTheConnectionAreNoFailureOfTheReceiver() {
    assertThat(
            of(new CallResult.NotSent("no turn", false, false, CallResult.Cause.OWN_LIMIT), null)
                .kind())
        .isEqualTo(Kind.NOT_SENT);
    assertThat(of(new CallResult.NotSent("refused", false, true), null).kind())
        .isEqualTo(Kind.FAILED);
    assertThat(of(new CallResult.Unanswered("lost", true), null).kind()).isEqualTo(Kind.FAILED);
  }
}
