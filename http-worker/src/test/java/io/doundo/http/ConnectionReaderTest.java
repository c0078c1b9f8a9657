package io.doundo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Connections;
import io.doundo.http.connection.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings become connections as an operator writes them. */
class ConnectionReaderTest {

  @Test
  void withoutSettings_thereAreTheDefaults() {
    Connections connections = read(Map.of());

    assertThat(connections.byName()).isEmpty();
    Connection direct = connections.direct();
    assertThat(direct.maxAnswer()).isEqualTo(256 * 1024);
    assertThat(direct.allowPrivate()).isFalse();
    assertThat(direct.followRedirects()).isFalse();
    assertThat(direct.credentials()).isEqualTo(new Credentials.None());
  }

  @Test
  void aConnectionHasItsCredentialsFromAFile(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), "s3cret\n");

    Connection crm =
        named(
            read(
                Map.of(
                    "connections.crm.base-url", "https://crm.example/api/",
                    "connections.crm.auth.bearer", "file:" + file,
                    "connections.crm.at-once", "5",
                    "connections.crm.rate", "2.5",
                    "connections.crm.max-answer", "1MB",
                    "connections.crm.settle", "1m")),
            "crm");

    assertThat(crm.baseUrl()).hasToString("https://crm.example/api");
    assertThat(crm.atOnce()).isEqualTo(5);
    assertThat(crm.rate()).isEqualTo(2.5);
    assertThat(crm.maxAnswer()).isEqualTo(1024 * 1024);
    assertThat(((Credentials.Bearer) crm.credentials()).token().value()).isEqualTo("s3cret");
  }

  @Test
  void secretsAreNotShown() {
    Map<String, String> settings =
        Map.of(
            "connections.crm.base-url", "https://crm.example",
            "connections.crm.auth.basic.user", "ann",
            "connections.crm.auth.basic.password", "s3cret",
            "connections.crm.signing-secret", "s3cret");

    assertThat(read(settings).toString()).doesNotContain("s3cret");
    assertThat(properties(settings).toString()).doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource({
    "base-url, ftp://a, base-url must be an http or https URL",
    "base-url, https://u:p@a, base-url must have a host and no credentials",
    "base-url, https://a?b=c, base-url must have no query",
    "headers.Host, a, headers.Host is set by the client itself",
    "max-answer, 9MB, max-answer must be 1 to 8388608 bytes",
    "at-once, 0, at-once must be at least 1"
  })
  void aWrongSettingIsNamed(String setting, String value, String reason) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connections.crm.base-url", "https://crm.example");
    settings.put("connections.crm." + setting, value);

    assertThatThrownBy(() -> read(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("crm")
        .hasMessageContaining(reason);
  }

  @Test
  void aConnectionNeedsABaseUrlAndOneKindOfCredentials() {
    assertThatThrownBy(() -> read(Map.of("connections.crm.rate", "1")))
        .hasMessage("doundo.http.connections.crm.base-url is missing");
    assertThatThrownBy(
            () ->
                read(
                    Map.of(
                        "connections.crm.base-url", "https://a",
                        "connections.crm.auth.bearer", "x",
                        "connections.crm.auth.header.name", "X-Key",
                        "connections.crm.auth.header.value", "y")))
        .hasMessageContaining("auth must have only one of");
  }

  private static Connection named(Connections connections, String name) {
    return Objects.requireNonNull(connections.of(name));
  }

  private static Connections read(Map<String, String> settings) {
    return new ConnectionReader(
            bundle -> {
              throw new IllegalArgumentException("no bundle " + bundle);
            })
        .read(properties(settings));
  }

  private static HttpWorkerProperties properties(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    settings.forEach((key, value) -> all.put("doundo.http." + key, value));
    return new Binder(new MapConfigurationPropertySource(all))
        .bindOrCreate("doundo.http", HttpWorkerProperties.class);
  }
}
