package io.doundo.orchestrator.streams.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SearchValueTest {

  @Test
  void aNumberBeyondAllBoundsIsNoValueToSearch() {
    byte[] payload = "{\"order\": 1e9999999992, \"id\": 7}".getBytes(UTF_8);
    assertThat(SearchValue.of("order", payload)).isNull();
    assertThat(SearchValue.of("id", payload)).isEqualTo("7");
  }
}
