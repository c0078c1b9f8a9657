package io.doundo.orchestrator.app.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the secrets of webhooks come from. */
class SettingsSecretsTest {

  @Test
  void aNameInTheEnvironmentHasNoCaseAndNoDashes() {
    SettingsSecrets secrets =
        new SettingsSecrets(
            new HookProperties(Map.of("partnerhook", List.of("new", "old")), null, 50));

    assertThat(secrets.find("partner-Hook")).containsExactly("new", "old");
    assertThat(secrets.find("other")).isEmpty();
  }

  @Test
  void aFileHasOneSecretInEachLineAndIsReadAgain(@TempDir Path directory) throws Exception {
    SettingsSecrets secrets = new SettingsSecrets(new HookProperties(Map.of(), directory, 50));
    Path file = directory.resolve("gitHub");
    assertThat(secrets.find("gitHub")).isEmpty();

    Files.writeString(file, "new\n\n old \n");
    assertThat(secrets.find("gitHub")).containsExactly("new", "old");

    Files.writeString(file, "new\n");
    assertThat(secrets.find("gitHub")).containsExactly("new");
  }

  @Test
  void settingsDoNotShowTheirSecrets() {
    assertThat(new HookProperties(Map.of("a", List.of("s3cret")), null, 50).toString())
        .contains("a")
        .doesNotContain("s3cret");
  }

  @Test
  void twoNamesThatAreTheSameAreRefused() {
    assertThatThrownBy(
            () ->
                new SettingsSecrets(
                    new HookProperties(Map.of("a-b", List.of("x"), "ab", List.of("y")), null, 50)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("differ only in case");
  }

  @Test
  void wrongSettingsNameThemselves() {
    assertThatThrownBy(() -> new HookProperties(Map.of(), null, 0))
        .hasMessageContaining("doundo.hooks.rate-per-second");
    assertThatThrownBy(() -> new HookProperties(Map.of("a", List.of(" ")), null, 50))
        .hasMessageContaining("doundo.hooks.secrets.a");
  }
}
