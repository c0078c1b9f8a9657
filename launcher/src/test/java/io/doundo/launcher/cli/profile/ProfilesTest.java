package io.doundo.launcher.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The named services of the configuration file, and where their keys come from. */
class ProfilesTest {

  private static final String CONFIG =
      """
      current = "local"

      [context.local]
      url = "http://localhost:8080"

      [context.prod]
      url = "https://doundo.example"
      key-env = "PROD_KEY"
      output = "wide"
      """;

  @TempDir Path directory;

  @Test
  void withoutAFileThereAreNone() {
    Profiles profiles = Profiles.in(directory.resolve("nowhere"), Map.of());
    assertThat(profiles.all()).isEmpty();
    assertThat(profiles.find(null)).isEmpty();
  }

  @Test
  void theCurrentOneIsSaidByTheEnvironmentThenByTheCommandThenByTheFile() throws IOException {
    config(CONFIG);
    assertThat(urlOf(null, Map.of())).isEqualTo("http://localhost:8080");
    Profiles.in(directory, Map.of()).choose("prod");
    assertThat(urlOf(null, Map.of())).isEqualTo("https://doundo.example");
    assertThat(urlOf(null, Map.of("DOUNDO_CONTEXT", "local"))).isEqualTo("http://localhost:8080");
    assertThat(urlOf("prod", Map.of("DOUNDO_CONTEXT", "local")))
        .isEqualTo("https://doundo.example");
  }

  @Test
  void anUnknownOneIsRefusedWithThoseThatThereAre() throws IOException {
    config(CONFIG);
    assertThatThrownBy(() -> Profiles.in(directory, Map.of()).find("test"))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("no context \"test\"")
        .hasMessageContaining("local, prod");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[context.a]|has no url",
        "[context.a]; url = 'u'; colour = 'red'|context.a.colour is unknown; allowed are",
        "[contexts.a]|contexts is unknown",
        "[context.a]; url = 'u'; key-env = 'E'; key-file = 'f'|has 2 places for its key",
        "current = |is not TOML"
      })
  void aMistakeInTheFileIsNamed(String lines, String message) throws IOException {
    config(lines.replace("; ", "\n"));
    assertThatThrownBy(() -> Profiles.in(directory, Map.of()))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("config.toml")
        .hasMessageContaining(message);
  }

  @Test
  void aKeyComesFromTheEnvironmentAFileOrACommand() throws IOException {
    Path file = Files.writeString(directory.resolve("key"), "dok_file\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(key(new Profile("a", "u", "KEY", null, null, null))).isEqualTo("dok_env");
    assertThat(key(new Profile("a", "u", null, file.toString(), null, null))).isEqualTo("dok_file");
    assertThat(key(new Profile("a", "u", null, null, "echo dok_command; echo more", null)))
        .isEqualTo("dok_command");
    assertThat(KeySource.keyOf(new Profile("a", "u", null, null, null, null), Map.of())).isNull();
  }

  @Test
  void aKeyThatIsNotThereOrThatOthersCanReadIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("key"), "dok_file");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> key(new Profile("a", "u", null, file.toString(), null, null)))
        .hasMessageContaining("others can read")
        .hasMessageContaining("chmod 600");
    assertThatThrownBy(() -> key(new Profile("a", "u", "NO_KEY", null, null, null)))
        .hasMessageContaining("the environment variable NO_KEY is not set");
    assertThatThrownBy(() -> key(new Profile("a", "u", null, null, "exit 3", null)))
        .hasMessageContaining("ended with 3");
  }

  private static String key(Profile profile) {
    return String.valueOf(KeySource.keyOf(profile, Map.of("KEY", "dok_env")));
  }

  private String urlOf(@Nullable String name, Map<String, String> environment) {
    return Profiles.in(directory, environment).find(name).orElseThrow().url();
  }

  private void config(String text) throws IOException {
    Files.writeString(directory.resolve("config.toml"), text);
  }
}
