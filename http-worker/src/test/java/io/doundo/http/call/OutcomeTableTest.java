package io.doundo.http.call;

import static io.doundo.http.call.CallFixture.command;
import static io.doundo.http.call.CallFixture.json;
import static io.doundo.http.call.CallFixture.post;
import static io.doundo.http.call.CallFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.http.client.HostileServer;
import io.doundo.http.client.NameResolver;
import io.doundo.http.connection.Connection;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcome;
import io.doundo.protocol.http.HttpOutcomes;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.fence.Settled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The outcome table of docs/http-steps.md, row by row, against a server that misbehaves. */
class OutcomeTableTest {

  private final HostileServer server = new HostileServer(HostileServer.json("200", "{\"id\":7}"));
  private CallFixture calls = new CallFixture(server.url());

  @AfterEach
  void close() {
    calls.close();
    server.close();
  }

  // Nothing was sent.

  @Test
  void aNameThatIsNotResolved_hasNoEffectAndIsRetried() {
    calls.close();
    calls =
        new CallFixture(
            connection -> connection,
            "http://nowhere.example",
            host -> {
              throw new UnknownHostException(host);
            },
            true);

    CallEnd end = calls.call(post());

    noEffect(end, true);
    assertThat(end.serviceFault()).isTrue();
  }

  @Test
  void aRefusedConnection_hasNoEffectAndIsRetried() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    calls.close();
    calls = new CallFixture("http://127.0.0.1:" + free);

    CallEnd end = calls.call(post());

    noEffect(end, true);
    assertThat(end.serviceFault()).isTrue();
  }

  @Test
  void aTlsHandshakeThatFails_hasNoEffectAndIsRetried() {
    server.answers((request, out) -> out.write("no TLS here\r\n".getBytes(StandardCharsets.UTF_8)));
    calls.close();
    calls = new CallFixture(server.url().replace("http:", "https:"));

    noEffect(calls.call(post(), Duration.ofSeconds(3)), true);
    assertThat(server.received()).isEmpty();
  }

  @Test
  void anAddressThatTheGuardRefuses_isFinal() {
    calls.close();
    calls =
        new CallFixture(
            connection -> connection,
            "http://rebound.example:" + server.port(),
            host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
            false);

    CallEnd end = calls.call(post());

    noEffect(end, false);
    assertThat(error(end)).contains("rebound.example is refused").contains("loopback");
    assertThat(server.received()).isEmpty();
    assertThat(calls.registry.counter("doundo.http.guard.refusals", "connection", "crm").count())
        .isEqualTo(1);
  }

  /** A name that is public when it is checked and private when it is called does not exist here. */
  @Test
  void aNameThatIsResolvedAnewForEachCall_isCheckedEachTime() {
    InetAddress[][] answers = {
      {InetAddress.getLoopbackAddress()},
    };
    int[] asked = {0};
    calls.close();
    calls =
        new CallFixture(
            connection -> connection,
            "http://rebinding.example:" + server.port(),
            host -> {
              asked[0]++;
              return asked[0] == 1
                  ? new InetAddress[] {InetAddress.getByName("93.184.215.14"), answers[0][0]}
                  : answers[0];
            },
            false);

    noEffect(calls.call(post()), false);
    noEffect(calls.call(post()), false);
    assertThat(asked[0]).isEqualTo(2);
    assertThat(server.received()).isEmpty();
  }

  @Test
  void aLiteralAddressInAnAbsoluteUrl_isCheckedToo() {
    calls.close();
    calls =
        new CallFixture(
            connection -> connection, server.url(), host -> InetAddress.getAllByName(host), false);
    for (String url :
        List.of(
            server.url(),
            "http://[::1]:" + server.port(),
            "http://169.254.169.254/latest",
            "http://2130706433:" + server.port(),
            "http://[::ffff:127.0.0.1]:" + server.port())) {
      CallEnd end =
          calls.call(
              command(HttpRequest.evaluated(null, HttpMethod.GET, url, Map.of(), null)),
              Duration.ofSeconds(5));
      assertThat(end.settled()).as(url).isInstanceOf(Settled.NoEffect.class);
    }
    assertThat(server.received()).isEmpty();
  }

  @Test
  void aDeadlineThatHasPassed_hasNoEffectAndIsRetried() {
    noEffect(calls.call(post(), Duration.ofMillis(200)), true);
    assertThat(server.received()).isEmpty();
  }

  @Test
  void aConnectionThatIsNotConfigured_hasNoEffectAndIsRetried() {
    CallEnd end =
        calls.call(command(HttpRequest.evaluated("erp", HttpMethod.POST, "/a", Map.of(), null)));

    noEffect(end, true);
    assertThat(error(end)).contains("erp is not configured");
  }

  // A success.

  @Test
  void aSuccess_isDoneWithItsBody() {
    CallEnd end = calls.call(post());

    done(end, "{\"id\":7}");
    String request = server.received().get(0);
    assertThat(request)
        .startsWith("POST /leads HTTP/1.1")
        .containsIgnoringCase("Idempotency-Key: 9f3c")
        .containsIgnoringCase("Authorization: Bearer s3cret")
        .containsIgnoringCase("X-Tenant: acme")
        .containsIgnoringCase("Content-Type: application/json")
        .endsWith("{\"name\":\"Ann\"}");
  }

  @Test
  void theResultIsATemplateOverTheResponse() {
    server.answers(
        HostileServer.answering(
            "201", "Content-Type: application/json\r\nETag: v1\r\n", "{\"id\":7,\"more\":1}"));
    HttpCommand command =
        with(
            post(),
            "response.status == 201",
            "{\"id\":\"{{ response.body.id }}\",\"tag\":\"{{ response.headers.etag }}\",\"key\":\"{{ key }}\",\"t\":\"{{ payload.t }}\"}",
            HttpOutcomes.NONE);

    done(calls.call(command), "{\"id\":7,\"tag\":\"v1\",\"key\":\"9f3c\",\"t\":\"{{ x }}\"}");
  }

  @Test
  void aSuccessWithoutAUsableResult_isInDoubtForGood() {
    HttpCommand command =
        with(post(), null, "{\"id\":\"{{ response.body.nope }}\"}", HttpOutcomes.NONE);

    CallEnd end = calls.call(command);

    inDoubt(end, false);
    assertThat(error(end)).contains("the call succeeded").contains("nope");
  }

  // Without effect.

  @ParameterizedTest
  @CsvSource({"429, 7", "425, "})
  void tooManyAndTooEarly_haveNoEffectAndAreRetried(int status, @Nullable Integer after) {
    server.answers(
        HostileServer.answering(
            status + "", after == null ? "" : "Retry-After: " + after + "\r\n", ""));

    CallEnd end = calls.call(post());

    noEffect(end, true);
    assertThat(end.retryAfter()).isEqualTo(after == null ? null : Duration.ofSeconds(after));
    assertThat(end.serviceFault()).isEqualTo(status == 429);
  }

  @ParameterizedTest
  @CsvSource({"400", "401", "403", "404", "409", "412", "422"})
  void aRefusedRequest_isFinal(int status) {
    server.answers(HostileServer.answering(status + "", "", "no"));

    CallEnd end = calls.call(post());

    noEffect(end, false);
    assertThat(end.serviceFault()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"404", "408", "500", "503", "302"})
  void aFailedRead_hasNoEffectAndIsRetried(int status) {
    server.answers(HostileServer.answering(status + "", "", ""));

    noEffect(calls.call(command(request(HttpMethod.GET))), true);
  }

  @Test
  void aReadThatIsCutOff_hasNoEffectAndIsRetried() {
    server.answers((request, out) -> {});

    noEffect(calls.call(command(request(HttpMethod.GET))), true);
  }

  // In doubt.

  @ParameterizedTest
  @CsvSource({"408", "500", "502", "503", "504", "302", "304"})
  void anAnswerThatProvesNothing_isInDoubtAtOnce(int status) {
    server.answers(HostileServer.answering(status + "", "", ""));

    CallEnd end = calls.call(post());

    inDoubt(end, false);
    assertThat(error(end)).contains("verify").contains("idempotent").contains("outcomes");
    assertThat(end.serviceFault()).isEqualTo(status >= 400);
  }

  @Test
  void aStormOf503_isInDoubtUnlessTheConnectionIsTrusted() {
    server.answers(HostileServer.answering("503", "Retry-After: 30\r\n", ""));
    inDoubt(calls.call(post()), false);

    calls.close();
    calls =
        new CallFixture(
            c ->
                new io.doundo.http.connection.Connection(
                    c.name(),
                    c.baseUrl(),
                    c.credentials(),
                    c.headers(),
                    null,
                    null,
                    c.atOnce(),
                    0,
                    false,
                    true,
                    false,
                    c.settle(),
                    c.maxAnswer(),
                    c.connectTimeout()),
            server.url());
    CallEnd end = calls.call(post());

    noEffect(end, true);
    assertThat(end.retryAfter()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void noAnswerBeforeTheDeadline_isInDoubt() {
    server.answers(server.silence());

    CallEnd end = calls.call(post(), Duration.ofMillis(1_200));

    inDoubt(end, false);
    assertThat(end.serviceFault()).isTrue();
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void anAnswerThatTricklesPastTheDeadline_isInDoubt() {
    server.answers(
        (request, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(StandardCharsets.UTF_8));
          for (int i = 0; i < 1_000; i++) {
            out.write('x');
            out.flush();
            Thread.sleep(50);
          }
        });

    inDoubt(calls.call(post(), Duration.ofMillis(1_200)), false);
  }

  @Test
  void aConnectionThatIsCutAfterTheRequest_isInDoubt() {
    server.answers((request, out) -> {});
    inDoubt(calls.call(post()), false);
    assertThat(server.received()).as("nothing is repeated by the client").hasSize(1);
  }

  @Test
  void anAnswerThatIsCutOff_isInDoubt() {
    server.answers(
        (request, out) ->
            out.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"
                    .getBytes(StandardCharsets.UTF_8)));

    inDoubt(calls.call(post()), false);
  }

  @ParameterizedTest
  @CsvSource({
    "nonsense",
    "HTTP/1.1 200 OK~Content-Length: -5~~x",
    "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~zz~",
    "HTTP/1.1 200 OK~Content-Encoding: br~Content-Length: 1~~x",
    "HTTP/1.1 200 OK~Content-Encoding: gzip~Content-Length: 1~~x"
  })
  void anAnswerThatIsNotHttp_isInDoubt(String answer) {
    server.answers(
        (request, out) -> out.write(answer.replace("~", "\r\n").getBytes(StandardCharsets.UTF_8)));

    inDoubt(calls.call(post(), Duration.ofSeconds(5)), false);
  }

  @Test
  void anAnswerOfAHundredMegabytes_isInDoubtAndNotRead() {
    server.answers(
        (request, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"
                  .getBytes(StandardCharsets.UTF_8));
          byte[] part = new byte[64 * 1024];
          for (int i = 0; i < 1_600; i++) {
            out.write(part);
          }
        });

    CallEnd end = calls.call(post());

    inDoubt(end, false);
    assertThat(error(end)).contains("larger than 262144 bytes");
    assertThat(end.serviceFault()).isFalse();
  }

  @Test
  void aSmallAnswerThatIsLargeOnceDecompressed_isInDoubt() {
    server.answers(
        (request, out) -> {
          java.io.ByteArrayOutputStream zipped = new java.io.ByteArrayOutputStream();
          try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(zipped)) {
            gzip.write(new byte[10_000_000]);
          }
          out.write(
              ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                      + zipped.size()
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
          out.write(zipped.toByteArray());
        });

    inDoubt(calls.call(post()), false);
  }

  @Test
  void headersOfAMegabyte_areInDoubt() {
    server.answers(
        (request, out) ->
            out.write(
                ("HTTP/1.1 200 OK\r\nX: " + "x".repeat(1_000_000) + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8)));

    inDoubt(calls.call(post()), false);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpMethod.class,
      names = {"PUT", "DELETE"})
  void whatMayBeRepeated_isRetriedInDoubt(HttpMethod method) {
    server.answers(HostileServer.answering("500", "", ""));
    inDoubt(calls.call(command(request(method))), true);

    HttpRequest conditional =
        HttpRequest.evaluated("crm", method, "/leads", Map.of("If-Match", "v1"), null);
    inDoubt(calls.call(command(conditional)), false);
  }

  @Test
  void anIdempotentOrVerifiablePost_isRetriedInDoubt() {
    server.answers(HostileServer.answering("500", "", ""));
    HttpCommand plain = post();
    inDoubt(
        calls.call(
            new HttpCommand(
                1, plain.calls(), null, null, HttpOutcomes.NONE, true, false, null, Map.of())),
        true);
    inDoubt(
        calls.call(
            command(
                HttpCall.ofDo(
                    CallFixture.KEY, request(HttpMethod.POST), CallFixture.verify(), null))),
        true);
  }

  // What the step says.

  @ParameterizedTest
  @CsvSource({
    "409, failed, NoEffect, false",
    "409, noEffect, NoEffect, true",
    "409, unknown, InDoubt, false",
    "500, noEffect, NoEffect, true",
    "500, failed, NoEffect, false",
    "404, ok, Done, true",
    "412, unchanged, Unchanged, true"
  })
  void outcomesOfTheStepWin(int status, String word, String settled, boolean retryable) {
    server.answers(HostileServer.json(status + "", "{\"a\":1}"));
    HttpOutcome outcome = HttpOutcome.of(word);
    assertThat(outcome).isNotNull();
    HttpCommand command = with(post(), null, null, new HttpOutcomes(Map.of(status + "", outcome)));

    CallEnd end = calls.call(command);

    assertThat(end.settled().getClass().getSimpleName()).isEqualTo(settled);
    assertThat(retryable(end)).isEqualTo(retryable);
  }

  @Test
  void aSuccessThatTheStepDoesNotAccept_isInDoubt() {
    HttpCommand command = with(post(), "response.body.id == 8", null, HttpOutcomes.NONE);
    inDoubt(calls.call(command), false);
  }

  @Test
  void aRedirectToLoopback_isNotFollowed() {
    try (HostileServer inside = new HostileServer(HostileServer.json("200", "{}"))) {
      server.answers(HostileServer.answering("302", "Location: " + inside.url() + "\r\n", ""));
      noEffect(calls.call(command(request(HttpMethod.GET))), true);
      inDoubt(calls.call(post()), false);
      assertThat(inside.received()).isEmpty();
    }
  }

  @Test
  void aRedirectThatIsFollowed_leavesTheCredentialsBehind() {
    try (HostileServer other = new HostileServer(HostileServer.json("200", "{\"id\":1}"))) {
      server.answers(HostileServer.answering("302", "Location: " + other.url() + "/x\r\n", ""));
      calls.close();
      calls = new CallFixture(c -> following(c, false), server.url());

      done(calls.call(command(request(HttpMethod.GET))), "{\"id\":1}");
      assertThat(server.received().get(0)).contains("s3cret");
      assertThat(other.received().get(0)).startsWith("GET /x").doesNotContain("s3cret");
    }
  }

  @Test
  void aRedirectThatLeavesTheOrigin_carriesNothingButWhatIsAccepted() {
    try (HostileServer other = new HostileServer(HostileServer.json("200", "{\"id\":1}"))) {
      server.answers(HostileServer.answering("302", "Location: " + other.url() + "/x\r\n", ""));
      calls.close();
      calls = new CallFixture(c -> following(c, false), server.url());
      HttpRequest get =
          HttpRequest.evaluated(
              "crm",
              HttpMethod.GET,
              "/leads",
              Map.of("X-Session", "of the step", "accept", "text/csv"),
              null);

      calls.call(command(get));

      assertThat(server.received().get(0)).contains("of the step", "acme");
      assertThat(other.received().get(0))
          .containsIgnoringCase("accept: text/csv")
          .doesNotContainIgnoringCase("X-Session")
          .doesNotContainIgnoringCase("X-Tenant");
    }
  }

  @Test
  void aRedirectThatLeavesTheOrigin_leadsToNoPrivateAddress() {
    try (HostileServer inside = new HostileServer(HostileServer.json("200", "{\"id\":1}"))) {
      server.answers(HostileServer.answering("302", "Location: " + inside.url() + "/x\r\n", ""));
      calls.close();
      calls = new CallFixture(c -> following(c, true), server.url(), NameResolver.SYSTEM, false);

      noEffect(calls.call(command(request(HttpMethod.GET))), false);

      assertThat(server.received()).hasSize(1);
      assertThat(inside.received()).isEmpty();
    }
  }

  @Test
  void aRedirectWithinTheOrigin_keepsTheCredentials() {
    server.answers(
        (request, out) ->
            (request.startsWith("GET /moved")
                    ? HostileServer.json("200", "{\"id\":1}")
                    : HostileServer.answering("302", "Location: /moved\r\n", ""))
                .to(request, out));
    calls.close();
    calls = new CallFixture(c -> following(c, true), server.url(), NameResolver.SYSTEM, false);

    done(calls.call(command(request(HttpMethod.GET))), "{\"id\":1}");

    assertThat(server.received().get(1)).contains("s3cret");
  }

  private static Connection following(Connection c, boolean allowPrivate) {
    return new Connection(
        c.name(),
        c.baseUrl(),
        c.credentials(),
        c.headers(),
        null,
        null,
        c.atOnce(),
        0,
        allowPrivate,
        false,
        true,
        c.settle(),
        c.maxAnswer(),
        c.connectTimeout());
  }

  @Test
  void noProxyOfTheSystemIsUsed() {
    ProxySelector before = ProxySelector.getDefault();
    try (HostileServer proxy = new HostileServer(HostileServer.json("200", "{\"id\":0}"))) {
      ProxySelector.setDefault(
          ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port())));
      calls.close();
      calls = new CallFixture(server.url());

      done(calls.call(post()), "{\"id\":7}");

      assertThat(proxy.received()).isEmpty();
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void theMetersCountByConnectionAndOutcome() {
    calls.call(post());
    assertThat(
            calls
                .registry
                .get("doundo.http.calls")
                .tags("connection", "crm", "purpose", "do", "outcome", "ok")
                .timer()
                .count())
        .isEqualTo(1);
  }

  private static HttpCommand with(
      HttpCommand command, @Nullable String ok, @Nullable String result, HttpOutcomes outcomes) {
    return new HttpCommand(
        1,
        command.calls(),
        ok,
        result == null ? null : json(result),
        outcomes,
        false,
        false,
        null,
        Map.of("payload", json("{\"t\":\"{{ x }}\"}")));
  }

  private static void done(CallEnd end, String result) {
    assertThat(end.settled()).isInstanceOf(Settled.Done.class);
    RawJson made = ((Settled.Done) end.settled()).result();
    assertThat(made).hasToString(result);
  }

  private static void noEffect(CallEnd end, boolean retryable) {
    assertThat(end.settled()).isInstanceOf(Settled.NoEffect.class);
    assertThat(retryable(end)).as(error(end)).isEqualTo(retryable);
  }

  private static void inDoubt(CallEnd end, boolean retryable) {
    assertThat(end.settled()).isInstanceOf(Settled.InDoubt.class);
    assertThat(end.retryable()).as(error(end)).isEqualTo(retryable);
  }

  private static boolean retryable(CallEnd end) {
    return end.settled() instanceof Settled.NoEffect noEffect
        ? noEffect.retryable() && end.retryable()
        : end.retryable();
  }

  private static String error(CallEnd end) {
    if (end.settled() instanceof Settled.NoEffect noEffect) {
      return noEffect.error();
    }
    return end.settled() instanceof Settled.InDoubt doubt ? doubt.error() : "";
  }
}
