package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteWriterTest {

  private final ByteWriter out = new ByteWriter(16);

  @Test
  void aClearedWriterBeginsAnotherValue() {
    out.writeText("half of a pair: \ud83d");
    out.writeRaw(new byte[200_000]);
    byte[] first = out.toByteArray();
    assertThat(out.isExact()).isFalse();
    out.clear();
    assertThat(out.isExact()).isTrue();
    assertThat(out.toByteArray()).isEmpty();
    out.writeText("second");
    ByteReader in = new ByteReader(out.toByteArray());
    assertThat(in.readText()).isEqualTo("second");
    assertThat(in.isAtEnd()).isTrue();
    assertThat(new ByteReader(first).readText()).isEqualTo("half of a pair: ?");
  }
}
