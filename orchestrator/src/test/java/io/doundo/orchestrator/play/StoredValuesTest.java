package io.doundo.orchestrator.play;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.streams.state.Digests;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoredValuesTest {

  /** Command ids are derived from digests: the result must be the engine's own. */
  @Test
  void aValueHasTheNameThatTheEngineGivesIt() throws Exception {
    RawJson value = Json.value("{\"straße\":\"ü😀\"}".getBytes(StandardCharsets.UTF_8));
    Content content = new StoredValues(Map.of(), 1_000_000).add(value);
    assertThat(content)
        .isEqualTo(new Content(Digests.of(value.bytes()), value.bytes().length, true));
  }
}
