package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestsTest {

  @Test
  void aDigestIsWrittenAndReadAsItsText() {
    Random random = new Random(5);
    for (int i = 0; i < 1_000; i++) {
      byte[] digest = new byte[Digests.BYTES];
      random.nextBytes(digest);
      String text = HexFormat.of().formatHex(digest);
      byte[] written = new byte[Digests.BYTES + 2];
      assertThat(Digests.write(text, written, 1)).isTrue();
      assertThat(written[0]).isZero();
      assertThat(written).endsWith((byte) 0).containsSequence(digest);
      assertThat(Digests.text(written, 1)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "0123456789ABCDEF0123456789abcdef",
        "g123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcde/",
        "0123456789abcdef0123456789abcde:",
        "0123456789abcdef`123456789abcdef",
        "0123456789abcdef0123456789abcde\u0130",
        "\uff10123456789abcdef0123456789abcdef"
      })
  void anyOtherTextIsNone(String text) {
    assertThat(Digests.write(text, new byte[Digests.BYTES], 0)).isFalse();
    ByteWriter out = new ByteWriter(0);
    out.writeDigest(text);
    ByteReader in = new ByteReader(out.toByteArray());
    assertThat(in.readDigest()).isEqualTo(text);
    assertThat(in.isAtEnd()).isTrue();
  }
}
