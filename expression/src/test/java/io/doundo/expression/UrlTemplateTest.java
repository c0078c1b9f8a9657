package io.doundo.expression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          acme          | /t/acme?x=acme
          a/b           | /t/a%2Fb?x=a%2Fb
          a?b=c&d#e     | /t/a%3Fb%3Dc%26d%23e?x=a%3Fb%3Dc%26d%23e
          ..%2f         | /t/..%252f?x=..%252f
          \\             | /t/%5C?x=%5C
          ü 1           | /t/%C3%BC%201?x=%C3%BC%201
          a@b:80        | /t/a%40b%3A80?x=a%40b%3A80
          {{ payload }} | /t/%7B%7B%20payload%20%7D%7D?x=%7B%7B%20payload%20%7D%7D
          """)
  void aValueIsOneSegmentOrOneValueOfTheQuery(String value, String url) throws EvaluationException {
    assertThat(evaluate("/t/{{ payload.v }}?x={{ payload.v }}", value)).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void aValueThatWouldChangeThePathIsRefused(String value) {
    for (String url :
        new String[] {"/t/{{ payload.v }}/x", "/t/{{ payload.v }}", "{{ payload.v }}/x"}) {
      assertThatThrownBy(() -> evaluate(url, value))
          .as(url)
          .isInstanceOf(EvaluationException.class)
          .hasMessageStartingWith("url: a value makes");
    }
  }

  /** A proxy or a service may decode the slash before it splits the path. */
  @ParameterizedTest
  @ValueSource(strings = {"../admin/users/7", "a/../b", "7/..", "./x", "..\\x", "a\\..", "a/."})
  void aValueWithDotsBetweenSlashesIsRefusedInThePath(String value) throws EvaluationException {
    for (String url : new String[] {"/t/{{ payload.v }}/x", "/t/{{ payload.v }}?a=b"}) {
      assertThatThrownBy(() -> evaluate(url, value))
          .as(url)
          .isInstanceOf(EvaluationException.class)
          .hasMessageStartingWith("url: a value makes the segment");
    }
    assertThat(evaluate("/t?x={{ payload.v }}", value)).as("in the query").startsWith("/t?x=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/x", "\\x"})
  void theDotsMayBeTheDocuments(String value) {
    assertThatThrownBy(() -> evaluate("/t/..{{ payload.v }}", value))
        .isInstanceOf(EvaluationException.class)
        .hasMessageStartingWith("url: a value makes the segment");
  }

  @Test
  void dotsFromAValueAndTheDocumentTogetherAreRefused() {
    assertThatThrownBy(() -> evaluate("/t/.{{ payload.v }}/x", "."))
        .isInstanceOf(EvaluationException.class)
        .hasMessage("url: a value makes the segment \"..\" of the path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void inTheQueryAndInsideASegmentTheyAreHarmless(String value) throws EvaluationException {
    assertThat(evaluate("/t/v{{ payload.v }}?x={{ payload.v }}", value))
        .isEqualTo("/t/v" + value + "?x=" + value);
  }

  @Test
  void aUrlThatIsOneExpressionIsTakenAsItIs() throws EvaluationException {
    assertThat(evaluate("{{ payload.v }}", "https://partner.example/hook?a=b"))
        .isEqualTo("https://partner.example/hook?a=b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/../b",
        "/a/%2E%2e/b",
        "/a/./b",
        "/..",
        "/a/..?x",
        "/a\\..\\b",
        "/a/..%2fb",
        "/a%5C..%5Cb"
      })
  void butNotWithDotSegments(String url) {
    assertThatThrownBy(() -> evaluate("{{ payload.v }}", url))
        .isInstanceOf(EvaluationException.class)
        .hasMessageStartingWith("url: the path must not have the segment");
  }

  @Test
  void numbersAreTextAndNullIsAnError() throws EvaluationException {
    UrlTemplate url = compile("/n/{{ payload.n }}");

    assertThat(url.evaluate(payload("{\"n\":12.50}"))).isEqualTo("/n/12.50");
    assertThatThrownBy(() -> url.evaluate(payload("{\"n\":null}")))
        .isInstanceOf(EvaluationException.class);
    assertThatThrownBy(() -> url.evaluate(payload("{\"n\":[1]}")))
        .isInstanceOf(EvaluationException.class);
  }

  @Test
  void aConstantReadsNothing() throws EvaluationException {
    UrlTemplate url = compile("/a/../\"b\"");

    assertThat(url.isConstant()).isTrue();
    assertThat(url.reads()).isEqualTo(Reads.NONE);
    assertThat(url.evaluate(new Bindings())).isEqualTo("/a/../\"b\"");
    assertThat(compile("/a/{{ payload.v }}").reads().variables()).containsExactly("payload");
  }

  private static String evaluate(String url, String value) throws EvaluationException {
    return compile(url).evaluate(payload(Json.object(Map.of("v", Json.string(value))).toString()));
  }

  private static UrlTemplate compile(String url) {
    return ExpressionCompiler.ofStored().url("url", url).orElseThrow();
  }

  private static Bindings payload(String json) {
    return new Bindings().with("payload", RawJson.trusted(json.getBytes(UTF_8)));
  }
}
