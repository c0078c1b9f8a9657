package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.app.DoundoProperties;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;

/** A server without API keys must not be reachable from other machines. */
class OpenServerTest {

  private static final String KEY = "0".repeat(64);

  @Test
  void withoutKeysOnlyTheLoopbackInterfaceIsListenedOn() {
    assertThatCode(() -> check("127.0.0.1", false)).doesNotThrowAnyException();
    assertThatCode(() -> check("::1", false)).doesNotThrowAnyException();
    assertThatThrownBy(() -> check("0.0.0.0", false)).isInstanceOf(OpenServerException.class);
    assertThatThrownBy(() -> check("192.0.2.1", false))
        .isInstanceOf(OpenServerException.class)
        .hasMessageContaining("192.0.2.1");
    assertThatThrownBy(() -> check(null, false))
        .isInstanceOf(OpenServerException.class)
        .hasMessageContaining("all interfaces");
  }

  @Test
  void withKeysAnyAddressWillDo() {
    assertThatCode(() -> check("0.0.0.0", true)).doesNotThrowAnyException();
  }

  @Test
  void theRefusalSaysWhatToDo() {
    FailureAnalysis analysis =
        new OpenServerFailureAnalyzer().analyze(new OpenServerException("all interfaces"));
    assertThat(analysis).isNotNull();
    assertThat(analysis.getDescription()).contains("no API keys are configured");
    assertThat(analysis.getAction()).contains("server.address=127.0.0.1", "doundo.api.keys");
  }

  @Test
  void severalInstancesWithKeysNeedASecret() {
    Map<String, String> properties = keyed();
    assertThatCode(() -> checkSecret(properties)).doesNotThrowAnyException();
    properties.put("doundo.advertised-address", "one:8080");
    assertThatThrownBy(() -> checkSecret(properties))
        .isInstanceOf(PeerSecretMissingException.class)
        .hasMessageContaining("doundo.api.secret");
    properties.put("doundo.api.secret", "s".repeat(32));
    assertThatCode(() -> checkSecret(properties)).doesNotThrowAnyException();
    assertThatCode(() -> checkSecret(Map.of("doundo.advertised-address", "one:8080")))
        .as("on one machine, without keys")
        .doesNotThrowAnyException();
    FailureAnalysis analysis =
        new PeerSecretMissingFailureAnalyzer().analyze(new PeerSecretMissingException());
    assertThat(analysis).isNotNull();
    assertThat(analysis.getAction()).contains("DOUNDO_API_SECRET", "doundo.api.secret-file");
  }

  private static void checkSecret(Map<String, String> properties) throws Exception {
    new SecurityConfiguration().peerSecretCheck(bound(properties)).afterPropertiesSet();
  }

  private static void check(@Nullable String address, boolean withKey) throws Exception {
    ServerProperties server = new ServerProperties();
    server.setAddress(address == null ? null : address(address));
    DoundoProperties doundo = bound(withKey ? keyed() : Map.of());
    new SecurityConfiguration().openServerCheck(server, doundo).afterPropertiesSet();
  }

  private static Map<String, String> keyed() {
    Map<String, String> properties = new HashMap<>();
    properties.put("doundo.api.keys[0].name", "alice");
    properties.put("doundo.api.keys[0].sha256", KEY);
    properties.put("doundo.api.keys[0].role", "ADMIN");
    return properties;
  }

  private static DoundoProperties bound(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("doundo", DoundoProperties.class);
  }

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }
}
