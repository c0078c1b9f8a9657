package io.doundo.launcher.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.text.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ScreenTest {

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @Test
  void withoutATerminalOnlyLinesAreShown() {
    Screen screen = screen(false);
    screen.line("one");
    screen.live("waiting");
    screen.line("two");

    assertThat(shown.toString(UTF_8)).isEqualTo("one%ntwo%n".formatted());
  }

  @Test
  void onATerminalALineWritesOverWhatIsLive() {
    Screen screen = screen(true);
    screen.live("waiting");
    screen.live("waiting still");
    screen.line("done");

    assertThat(shown.toString(UTF_8))
        .isEqualTo(
            "\r\u001b[K\u001b[2mwaiting\u001b[0m\r\u001b[K\u001b[2mwaiting still\u001b[0m\r\u001b[Kdone%n"
                .formatted());
  }

  private Screen screen(boolean terminal) {
    return new Screen(new PrintStream(shown, true, UTF_8), new Terminal(terminal));
  }
}
