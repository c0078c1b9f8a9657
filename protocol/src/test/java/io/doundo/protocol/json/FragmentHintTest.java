package io.doundo.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.StartEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FragmentHintTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "  \"orchestrationName\": \"tenantCreation\",",
        "  \"type\": \"sequential\"",
        "  \"steps\": [",
        "    { \"seq\": 1, \"name\": \"createRealm\" },",
        "    {\"seq\": 2, \"name\": \"a } b",
        "  ]",
        "}",
        "},",
        ""
      })
  void aLineOfASplitJsonDocumentIsExplained(String line) {
    assertThat(FragmentHint.ofJson(line.getBytes(UTF_8)))
        .hasValueSatisfying(
            hint -> assertThat(hint).contains("one record a line", "jq -c", "kcat -P"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1}", "[{\"a\":\"]\"}]", "{\n\"a\": 1,", "text", "12"})
  void anythingElseIsNot(String value) {
    assertThat(FragmentHint.ofJson(value.getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "---",
        "# a comment",
        "orchestrationName: tenantCreation",
        "steps:",
        "  - name: a"
      })
  void aLineOfAYamlDocumentIsExplainedForRegistrations(String line) {
    assertThat(FragmentHint.ofRegistration(line.getBytes(UTF_8)))
        .hasValueSatisfying(hint -> assertThat(hint).contains("one line of a YAML document"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orchestrationName: ordersteps:  - name: a  - name: b",
        "orchestrationName: orderstype: graphsteps:  - {name: a, retry: {delay: 1s}}"
      })
  void aYamlDocumentWithoutItsLineEndsIsExplained(String document) {
    assertThat(FragmentHint.ofRegistration(document.getBytes(UTF_8)))
        .hasValueSatisfying(hint -> assertThat(hint).contains("--data-binary @FILE"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- {name: a, retry: {delay: 1s, jitter: 0}}",
        "- name: a",
        "description: \"first: second\"",
        "{orchestrationName: o, steps: [{name: a}, {name: b}]}"
      })
  void aSingleLineOfYamlHasLostNoLineEnds(String line) {
    assertThat(FragmentHint.ofRegistration(line.getBytes(UTF_8)).orElse(""))
        .doesNotContain("--data-binary");
  }

  @Test
  void theLastStepOfASplitListIsAWholeObject() {
    byte[] step = "    { \"seq\": 2, \"name\": \"createClient\" }".getBytes(UTF_8);

    assertThat(FragmentHint.ofJson(step)).isEmpty();
    assertThat(FragmentHint.ofRegistration(step))
        .hasValueSatisfying(hint -> assertThat(hint).contains("one line of a JSON document"));
  }

  @Test
  void theReasonOfADecoderCarriesIt() {
    assertThatThrownBy(
            () -> StartEvent.decode("  \"payload\": {".getBytes(UTF_8), null, HeaderLookup.NONE))
        .hasMessageContaining("one line of a JSON document")
        .hasMessageContaining("jq -c . FILE");
  }
}
