package io.doundo.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void aLineBreakCannotForgeALine() {
    assertThat(Printable.line("a\r\n2026 ERROR\tforged\u2028x\u202egpj\u0000"))
        .isEqualTo("a\\r\\n2026 ERROR\\tforged\\u2028x\\u202egpj\\u0000");
  }

  @Test
  void ordinaryTextIsTheSameObject() {
    String text = "größe 日本 \uD83D\uDE00 'x'";
    assertThat(Printable.line(text)).isSameAs(text);
  }

  @Test
  void aLongTextIsCutAndNeverWithinAPair() {
    assertThat(Printable.line("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Printable.line("abcdefg", 6)).isEqualTo("abcde…");
    assertThat(Printable.line("abcd\uD83D\uDE00xyz", 6)).isEqualTo("abcd…");
    assertThat(Printable.line("\n".repeat(10), 6)).isEqualTo("\\n\\n\\…");
  }

  @Test
  void aDecodersReasonIsOneLine() {
    assertThat(new MalformedRecordException("no \"a\nb\"").reason()).isEqualTo("no \"a\\nb\"");
  }
}
