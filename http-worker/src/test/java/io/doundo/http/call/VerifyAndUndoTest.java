package io.doundo.http.call;

import static io.doundo.http.call.CallFixture.KEY;
import static io.doundo.http.call.CallFixture.command;
import static io.doundo.http.call.CallFixture.json;
import static io.doundo.http.call.CallFixture.request;
import static io.doundo.http.call.CallFixture.verify;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.http.client.HostileServer;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcomes;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.callee.Callee.Verified;
import io.doundo.worker.fence.Settled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Doubt is settled by asking, and what was done is undone under its own key. */
class VerifyAndUndoTest {

  private final HostileServer server = new HostileServer(HostileServer.json("200", "[]"));
  private final CallFixture calls = new CallFixture(server.url());

  @AfterEach
  void close() {
    calls.close();
    server.close();
  }

  @Test
  void whatIsFound_isDoneWithTheResultOfTheVerification() {
    server.answers(HostileServer.json("200", "[{\"id\":7}]"));

    Verified found = calls.verify(verifiable(longAgo()), Duration.ofSeconds(10));

    assertThat(found).isInstanceOf(Verified.Done.class);
    assertThat(((Verified.Done) found).end().settled())
        .isEqualTo(new Settled.Done(json("{\"id\":7}")));
  }

  @Test
  void whatIsNotFound_countsOnceTheLastCallHasSettled() {
    assertThat(calls.verify(verifiable(longAgo()), Duration.ofSeconds(10)))
        .isInstanceOf(Verified.NotDone.class);
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void beforeThat_itWaitsAndAsksAgain() {
    Instant last = Instant.now().plusMillis(200);

    Verified found = calls.verify(verifiable(last), Duration.ofSeconds(10));

    assertThat(found).isInstanceOf(Verified.NotDone.class);
    assertThat(Instant.now()).isAfter(last.plusMillis(300));
    assertThat(server.received()).hasSize(2);
  }

  @Test
  void whenTheAttemptEndsBefore_nobodyKnowsAndTheNextOneComesLater() {
    Verified found =
        calls.verify(verifiable(Instant.now().plusSeconds(60)), Duration.ofSeconds(10));

    CallEnd end = ((Verified.Unknown) found).end();
    assertThat(end.settled()).isInstanceOf(Settled.InDoubt.class);
    assertThat(end.retryable()).isTrue();
    assertThat(end.retryAfter()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
  }

  @Test
  void aVerificationThatIsNotAnswered_isUnknownAndNeverNotDone() {
    for (String status : List.of("404", "500", "503", "302")) {
      server.answers(HostileServer.answering(status, "", ""));
      assertThat(calls.verify(verifiable(longAgo()), Duration.ofSeconds(10)))
          .as(status)
          .isInstanceOf(Verified.Unknown.class);
    }
  }

  @Test
  void theKindOfDoubt_decidesWhatARepetitionDoes() {
    assertThat(onDoubt(command(request(HttpMethod.POST)))).isEqualTo(OnDoubt.NEVER);
    assertThat(onDoubt(command(request(HttpMethod.PUT)))).isEqualTo(OnDoubt.RERUN);
    assertThat(onDoubt(command(request(HttpMethod.GET)))).isEqualTo(OnDoubt.RERUN);
    assertThat(onDoubt(verifiable(longAgo()))).isEqualTo(OnDoubt.VERIFY);
  }

  private OnDoubt onDoubt(HttpCommand command) {
    return calls.callee.onDoubt(CallFixture.called(command, Duration.ofSeconds(1)).received());
  }

  @Test
  void anUndoOfAKnownEffect_isSentAtOnce() {
    CallEnd end = calls.undo(undo(KnownEffect.DONE, json("{\"id\":7}"), true));

    assertThat(end).isEqualTo(CallEnd.with(new Settled.Undone()));
    assertThat(server.received()).hasSize(1);
    assertThat(server.received().get(0))
        .startsWith("DELETE /leads/7 HTTP/1.1")
        .containsIgnoringCase("Idempotency-Key: 9f3c-undo");
  }

  @Test
  void anUndoOfALaterGeneration_hasAKeyOfItsOwn() {
    calls.undo(undo(KnownEffect.DONE, json("{\"id\":7}"), true), Duration.ofSeconds(20), 2);

    assertThat(server.received().get(0)).containsIgnoringCase("Idempotency-Key: 9f3c-undo-2\r\n");
  }

  @Test
  void anUndoOfALaterGeneration_isSignedUnderItsOwnId() {
    HttpCall call =
        new HttpCall(KEY, request(HttpMethod.POST), null, longAgo(), KnownEffect.DONE, json("{}"));
    HttpCommand webhook =
        new HttpCommand(
            1, List.of(call), null, null, HttpOutcomes.NONE, true, true, null, Map.of());

    calls.undo(webhook, Duration.ofSeconds(20), 3);

    assertThat(server.received().get(0)).containsIgnoringCase("webhook-id: 9f3c-undo-3\r\n");
  }

  @Test
  void whenNobodyKnowsWhenTheDoWasSent_itsAbsenceCountsAfterTheUndoHasSettled() {
    Instant sent = Instant.now();

    CallEnd end =
        calls.undo(undo(KnownEffect.UNKNOWN, null, true, null), Duration.ofSeconds(20), 1);

    assertThat(end).isEqualTo(CallEnd.ofNothingToUndo());
    assertThat(Instant.now()).isAfterOrEqualTo(sent.plusMillis(300));
    assertThat(server.received()).hasSize(2);
  }

  @Test
  void whenTheUndoEndsBefore_nobodyKnowsWhatThereIsToUndo() {
    CallEnd end =
        calls.undo(undo(KnownEffect.UNKNOWN, null, true, null), Duration.ofMillis(1_400), 1);

    assertThat(end.settled()).isInstanceOf(Settled.UndoThrew.class);
    assertThat(end.retryable()).isTrue();
  }

  @Test
  void anUndoOfAnUnknownEffect_asksFirstAndUsesWhatItFinds() {
    server.answers(
        (request, out) ->
            HostileServer.json("200", request.startsWith("GET") ? "[{\"id\":9}]" : "{}")
                .to(request, out));

    CallEnd end = calls.undo(undo(KnownEffect.UNKNOWN, null, true));

    assertThat(end).isEqualTo(CallEnd.with(new Settled.Undone()));
    assertThat(server.received()).hasSize(2);
    assertThat(server.received().get(1)).startsWith("DELETE /leads/9 HTTP/1.1");
  }

  @Test
  void anUndoOfWhatWasNotDone_isEmpty() {
    CallEnd end = calls.undo(undo(KnownEffect.UNKNOWN, null, true));

    assertThat(end).isEqualTo(CallEnd.ofNothingToUndo());
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void anUndoThatFails_isRetried() {
    server.answers(HostileServer.answering("503", "Retry-After: 3\r\n", ""));

    CallEnd end = calls.undo(undo(KnownEffect.DONE, json("{\"id\":7}"), true));

    assertThat(end.settled()).isInstanceOf(Settled.UndoThrew.class);
    assertThat(end.retryable()).isTrue();
    assertThat(end.retryAfter()).isEqualTo(Duration.ofSeconds(3));
    assertThat(end.serviceFault()).isTrue();
  }

  @Test
  void anUndoThatNeedsAnUnknownResult_isNotSent() {
    CallEnd end = calls.undo(undo(KnownEffect.UNKNOWN, null, false));

    assertThat(end.settled()).isInstanceOf(Settled.UndoThrew.class);
    assertThat(end.retryable()).isFalse();
    assertThat(server.received()).isEmpty();
  }

  @Test
  void aResultCannotLeaveItsSegment() {
    CallEnd end = calls.undo(undo(KnownEffect.DONE, json("{\"id\":\"..\"}"), true));

    assertThat(end.settled()).isInstanceOf(Settled.UndoThrew.class);
    assertThat(server.received()).isEmpty();
  }

  @Test
  void everyOpenKeyIsUndone() {
    HttpCall first = undo(KnownEffect.DONE, json("{\"id\":1}"), false).calls().get(0);
    HttpCall second = undo(KnownEffect.DONE, json("{\"id\":2}"), false).calls().get(0);

    CallEnd end = calls.undo(command(first, second));

    assertThat(end).isEqualTo(CallEnd.with(new Settled.Undone()));
    assertThat(server.received())
        .satisfiesExactly(
            one -> assertThat(one).startsWith("DELETE /leads/1 "),
            two -> assertThat(two).startsWith("DELETE /leads/2 "));
  }

  @Test
  void aWebhookIsSigned() {
    HttpCommand webhook =
        new HttpCommand(
            1,
            command(request(HttpMethod.POST)).calls(),
            null,
            null,
            HttpOutcomes.NONE,
            true,
            true,
            null,
            Map.of());

    calls.call(webhook);

    String request = server.received().get(0);
    assertThat(request)
        .containsIgnoringCase("webhook-id: " + KEY)
        .containsPattern("(?i)webhook-timestamp: \\d+")
        .containsPattern("(?i)webhook-signature: v1,[A-Za-z0-9+/]+=*");
  }

  /** The example of the Standard Webhooks specification. */
  @Test
  void theSignatureIsTheStandards() {
    assertThat(
            Signature.headers(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                Instant.ofEpochSecond(1_614_265_330),
                "{\"test\": 2432232314}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  private static Instant longAgo() {
    return Instant.now().minusSeconds(60);
  }

  private static HttpCommand verifiable(Instant last) {
    return command(HttpCall.ofDo(KEY, request(HttpMethod.POST), verify(), last));
  }

  private static HttpCommand undo(KnownEffect effect, @Nullable RawJson result, boolean canVerify) {
    return undo(effect, result, canVerify, longAgo());
  }

  private static HttpCommand undo(
      KnownEffect effect, @Nullable RawJson result, boolean canVerify, @Nullable Instant last) {
    return command(
        new HttpCall(
            KEY,
            new HttpRequest(
                "crm", HttpMethod.DELETE, "/leads/{{ result.id }}", Map.of(), null, true),
            canVerify ? verify() : null,
            last,
            effect,
            result));
  }
}
