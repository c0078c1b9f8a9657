package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "order-17",
        "s3://bucket/key",
        "CORP\\kim",
        "it's",
        "a b",
        "$(reboot)",
        "`x`",
        "*",
        "",
        "tab\there's one\\",
        "übergröße",
        "\u200bhidden'"
      })
  void aShellReadsBackWhatWasQuoted(String word) throws Exception {
    // The text goes in by a stream, as arguments are encoded by the locale of this process.
    ProcessBuilder builder = new ProcessBuilder("bash", "-s").redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process bash = builder.start();
    try (OutputStream script = bash.getOutputStream()) {
      script.write(("printf '[%s]' " + Shell.quoted(word)).getBytes(StandardCharsets.UTF_8));
    }
    String read = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(bash.waitFor()).isZero();
    assertThat(read).isEqualTo("[" + word + "]");
  }

  @Test
  void plainWordsAreNotQuoted() {
    assertThat(Shell.line(List.of("watch", "s3://bucket/key-1")))
        .isEqualTo("doundo watch s3://bucket/key-1");
  }
}
