package io.doundo.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.doundo.launcher.cli.Confirmation;
import java.io.Reader;
import org.junit.jupiter.api.Test;

class StartupArchiveTest {

  @Test
  void everyCommandThatItRunsSucceeds() {
    assertThatCode(() -> StartupArchive.main(new String[0])).doesNotThrowAnyException();
  }

  @Test
  void aCommandThatIsNamedIsMadeAlone() {
    Confirmation questions = new Confirmation(false, Reader.nullReader());

    assertThat(Doundo.commandLine(questions, "show", "f").getSubcommands())
        .containsOnlyKeys("show");
    assertThat(Doundo.commandLine(questions, "shwo").getSubcommands()).hasSizeGreaterThan(20);
    assertThat(Doundo.commandLine(questions).getSubcommands())
        .containsKeys("dev", "demo", "undo", "abandon", "dead-letters", "kafka", "bench");
  }
}
