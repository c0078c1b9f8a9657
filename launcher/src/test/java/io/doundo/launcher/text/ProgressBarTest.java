package io.doundo.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

  @Test
  void theLineSaysHowFarItIs() {
    assertThat(ProgressBar.line(5, 10))
        .isEqualTo("[###############...............] 5 of 10 (50 %)");
    assertThat(ProgressBar.line(0, 0)).endsWith("0 of 0 (100 %)");
  }

  @Test
  void nothingIsDrawnWhereThereIsNoTerminal() {
    StringWriter err = new StringWriter();
    ProgressBar bar = new ProgressBar(new PrintWriter(err), new Terminal(false), 2);
    bar.show(1);
    bar.show(2);
    bar.end();
    assertThat(err.toString()).isEmpty();
  }
}
