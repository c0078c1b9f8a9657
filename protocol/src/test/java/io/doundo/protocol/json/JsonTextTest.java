package io.doundo.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class JsonTextTest {

  @Test
  void aTextIsATextEvenAnEmptyOne() {
    assertThat(JsonText.required(Json.MAPPER.readTree("{\"a\":\"\"}"), "a")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"a\":null}", "{\"a\":1}", "{\"a\":[\"x\"]}"})
  void anythingElseIsRefusedAsWhatJacksonRefuses(String json) {
    assertThatThrownBy(() -> JsonText.required(Json.MAPPER.readTree(json), "a"))
        .isInstanceOf(JacksonException.class)
        .hasMessageContaining("a");
  }

  @Test
  void aNullIsNamed() {
    assertThatThrownBy(() -> JsonText.required(Json.MAPPER.readTree("{\"a\":null}"), "a"))
        .hasMessageContaining("a must be a text, but is null");
  }
}
