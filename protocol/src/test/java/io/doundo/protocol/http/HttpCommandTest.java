package io.doundo.protocol.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpCommandTest {

  private static final String SMALLEST =
      "{\"http\":1,\"dialect\":1,\"calls\":[{\"key\":\"k\",\"request\":"
          + "{\"connection\":\"crm\",\"method\":\"POST\",\"url\":\"/leads\"}}]}";

  @Test
  void aCommandWithDefaultsOnlyIsSmall() throws MalformedRecordException {
    HttpCommand command = HttpCommand.decode(json(SMALLEST));

    assertThat(command.calls())
        .containsExactly(
            HttpCall.ofDo(
                "k",
                HttpRequest.evaluated("crm", HttpMethod.POST, "/leads", Map.of(), null),
                null,
                null));
    assertThat(command.outcomes()).isEqualTo(HttpOutcomes.NONE);
    assertThat(command.encode()).hasToString(SMALLEST);
  }

  @Test
  void everyFieldSurvives() throws MalformedRecordException {
    HttpRequest question =
        HttpRequest.evaluated("crm", HttpMethod.GET, "/leads?key=k", Map.of(), null);
    HttpCommand command =
        new HttpCommand(
            1,
            List.of(
                new HttpCall(
                    "k",
                    new HttpRequest(
                        "crm",
                        HttpMethod.DELETE,
                        "/leads/{{ result.id }}",
                        Map.of("X-Tenant", "{{ payload.tenant }}"),
                        json("{\"why\":\"{{ effect }}\"}"),
                        true),
                    new HttpVerify(
                        question, "response.status == 200", "size(response.body) > 0", json("1")),
                    Instant.ofEpochMilli(1_764_500_000_000L),
                    KnownEffect.UNKNOWN,
                    json("{\"id\":1.10}"))),
            "response.status in [200, 404]",
            json("{\"id\":\"{{ response.body.id }}\"}"),
            new HttpOutcomes(Map.of("412", HttpOutcome.UNCHANGED)),
            true,
            true,
            Duration.ofSeconds(30),
            Map.of("payload", json("{\"tenant\":\"acme\"}")));

    assertThat(HttpCommand.decode(command.encode())).isEqualTo(command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "http":1                 | "http":2                    | http: this worker reads version 1, and the command has version 2
          "http":1,                |                             | http is missing
          "dialect":1              | "dialect":1.5               | dialect must be a whole number but is 1.5
          "dialect":1              | "dialect":0                 | dialect must be from 1 to
          "dialect":1              | "dialect":1,"also":1        | also is not a field of this version
          "key":"k"                | "key":" "                   | calls[0].key must have 1 to 255 printable ASCII characters
          "key":"k"                | "key":"k","effect":"MAYBE"  | calls[0].effect must be DONE, UNKNOWN or FAILED
          "key":"k"                | "key":"k","verify":[]       | calls[0].verify must be an object but is an array
          "POST"                   | "BREW"                      | calls[0].request.method is not a method: "BREW"
          "/leads"                 | "leads"                     | calls[0].request.url must be a path
          "/leads"                 | "//evil.example/leads"      | calls[0].request.url must be a path
          "/leads"                 | "http://evil.example/"      | calls[0].request.url must be a path
          "/leads"                 | "/le ads"                   | calls[0].request.url must have printable ASCII
          "connection":"crm",      |                             | calls[0].request.url must be an absolute http or https URL
          "method"                 | "headers":{"Host":"a"},"method"       | calls[0].request.headers: "Host" is set by the client itself
          "method"                 | "headers":{"A":"b\\r\\nC: d"},"method"  | calls[0].request.headers.A must have printable ASCII characters only
          "method"                 | "headers":{"A":1},"method"  | calls[0].request.headers.A must be a string but is a number
          "dialect":1              | "dialect":1,"outcomes":{"99":"ok"}      | outcomes.99 must be a status such as 412
          "dialect":1              | "dialect":1,"outcomes":{"412":"fine"}   | outcomes.412 must be one of ok, unchanged, failed, noEffect, unknown
          "dialect":1              | "dialect":1,"idempotent":"yes"          | idempotent must be true or false but is a string
          "dialect":1              | "dialect":1,"values":1      | values must be an object but is a number
          """)
  void whatIsWrongIsNamedWithItsPlace(String part, String instead, String reason) {
    String broken = SMALLEST.replace(part, instead == null ? "" : instead);

    assertThatThrownBy(() -> HttpCommand.decode(json(broken)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageStartingWith(reason);
  }

  @Test
  void aCommandHasACall() {
    assertThatThrownBy(() -> HttpCommand.decode(json("{\"http\":1,\"dialect\":1,\"calls\":[]}")))
        .hasMessage("calls must be 1 to 100 but are 0");
    assertThatThrownBy(() -> HttpCommand.decode(json("[]")))
        .hasMessage("the payload must be an object but is an array");
  }

  @Test
  void credentialsInAUrlAreRefused() {
    assertThat(absolute("https://user:secret@host/").refuse())
        .isEqualTo("url must not have credentials; a connection has them");
    assertThat(absolute("https://host\\@evil/").refuse()).contains("no backslash");
    assertThat(absolute("https://host/a@b").refuse()).isNull();
  }

  @Test
  void aTextThatOnlyLooksLikeATemplateIsLiteral() {
    HttpRequest literal =
        HttpRequest.evaluated(
            "crm", HttpMethod.POST, "/a", Map.of("X", "{{ payload }}"), json("\"{{ payload }}\""));

    assertThat(literal.isTemplate()).isFalse();
    assertThat(literal.refuse()).isNull();
  }

  @Test
  void aRepetitionIsHarmlessWhereTheMethodSaysSoAndNoConditionWouldFail() {
    assertThat(method(HttpMethod.PUT, Map.of()).isRepeatable()).isTrue();
    assertThat(method(HttpMethod.PUT, Map.of("if-match", "\"1\"")).isRepeatable()).isFalse();
    assertThat(method(HttpMethod.DELETE, Map.of("If-None-Match", "*")).isRepeatable()).isFalse();
    assertThat(method(HttpMethod.GET, Map.of("If-None-Match", "*")).isRepeatable()).isTrue();
    assertThat(method(HttpMethod.POST, Map.of()).isRepeatable()).isFalse();
    assertThat(method(HttpMethod.PATCH, Map.of()).isRepeatable()).isFalse();
  }

  @Test
  void aStatusWinsOverItsClass() {
    HttpOutcomes outcomes =
        new HttpOutcomes(Map.of("5xx", HttpOutcome.NO_EFFECT, "504", HttpOutcome.UNKNOWN));

    assertThat(outcomes.of(503)).isEqualTo(HttpOutcome.NO_EFFECT);
    assertThat(outcomes.of(504)).isEqualTo(HttpOutcome.UNKNOWN);
    assertThat(outcomes.of(404)).isNull();
    assertThat(HttpOutcomes.refuse("6xx")).isNotNull();
  }

  @Test
  void arraysAreSplitByteForByte() {
    assertThat(Json.elements(json("[1.0, {\"a\":[1]} ,\"x\"]")))
        .containsExactly(json("1.0"), json("{\"a\":[1]}"), json("\"x\""));
    assertThat(Json.array(List.of(json("1.0"), json("[]")))).hasToString("[1.0,[]]");
    assertThat(Json.array(List.of())).hasToString("[]");
  }

  private static HttpRequest absolute(String url) {
    return HttpRequest.evaluated(null, HttpMethod.GET, url, Map.of(), null);
  }

  private static HttpRequest method(HttpMethod method, Map<String, String> headers) {
    return HttpRequest.evaluated("crm", method, "/a", headers, null);
  }

  private static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(UTF_8));
  }
}
