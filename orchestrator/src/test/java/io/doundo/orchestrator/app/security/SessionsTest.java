package io.doundo.orchestrator.app.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session is worth what its key is worth now, and never more than at its beginning. */
class SessionsTest {

  private static final Instant NOW = Instant.parse("2026-11-29T23:00:00Z");
  private static final String SECRET = "s".repeat(40);

  private final DoundoProperties.Key kim = Keys.key("kim", "kim's", Role.OPERATOR);
  private final KeyRing keys = KeyRingTest.ring(null, kim);
  private final Sessions sessions = new Sessions(keys, SECRET);

  @Test
  void aSessionIsTheLoginOfItsKeyForEightHours() {
    Sessions.Opened opened = sessions.open(Login.of(kim), NOW);
    Login login = sessions.check(opened.token(), NOW).orElseThrow();
    assertThat(login.name()).isEqualTo("kim");
    assertThat(login.roles()).containsExactly(Role.OPERATOR);
    assertThat(login).isEqualTo(opened.login());
    Instant end = NOW.plus(Duration.ofHours(8));
    assertThat(sessions.check(opened.token(), end.minusMillis(1))).isPresent();
    assertThat(sessions.check(opened.token(), end)).isEmpty();
  }

  @Test
  void itDoesNotOutliveItsKey() {
    Instant end = NOW.plusSeconds(60);
    DoundoProperties.Key brief = Keys.key("kim", "brief", end, Role.OPERATOR);
    Sessions briefly = new Sessions(KeyRingTest.ring(null, brief), SECRET);
    Sessions.Opened opened = briefly.open(Login.of(brief), NOW);
    assertThat(opened.login().expiresAt()).isEqualTo(end);
    assertThat(briefly.check(opened.token(), end)).isEmpty();
  }

  @Test
  void itEndsWithItsKeyOrWithOneOfTheKeysRoles(@TempDir Path directory) throws IOException {
    String entry = "keys: [{name: kim, role: %s, sha256: \"%s\"}]\n";
    Path file = directory.resolve("keys");
    Files.writeString(file, entry.formatted("ADMIN", Keys.sha256("kim's")));
    KeyRing changing = KeyRingTest.ring(file);
    Sessions sessions = new Sessions(changing, SECRET);
    Login login = Login.of(changing.find("kim's").orElseThrow());
    String token = sessions.open(login, NOW).token();
    assertThat(sessions.check(token, NOW)).isPresent();
    for (String change :
        List.of(
            entry.formatted("OPERATOR", Keys.sha256("kim's")),
            entry.formatted("ADMIN", Keys.sha256("another")),
            entry.formatted("ADMIN", Keys.sha256("kim's")).replace("name: kim", "name: lee"),
            entry
                .formatted("ADMIN", Keys.sha256("kim's"))
                .replace("}", ", expires-at: \"2026-11-29T22:59:59Z\"}"),
            "keys: []")) {
      Files.writeString(file, change);
      changing.refresh();
      assertThat(changing.failure()).as(change).isNull();
      assertThat(sessions.check(token, NOW)).as(change).isEmpty();
      assertThat(sessions.holds(login, NOW)).as(change).isFalse();
    }
    Files.writeString(file, entry.formatted("ADMIN", Keys.sha256("kim's")));
    changing.refresh();
    assertThat(sessions.check(token, NOW)).as("the key is back").isPresent();
  }

  @Test
  void aRaisedRoleNeedsANewLogin(@TempDir Path directory) throws IOException {
    String entry = "keys: [{name: kim, role: %s, sha256: \"" + Keys.sha256("kim's") + "\"}]\n";
    Path file = Files.writeString(directory.resolve("keys"), entry.formatted("VIEWER"));
    KeyRing changing = KeyRingTest.ring(file);
    Sessions sessions = new Sessions(changing, SECRET);
    String token = sessions.open(Login.of(changing.find("kim's").orElseThrow()), NOW).token();
    Files.writeString(file, entry.formatted("ADMIN"));
    changing.refresh();
    assertThat(sessions.check(token, NOW).orElseThrow().roles()).containsExactly(Role.VIEWER);
  }

  @Test
  void nobodyElseCanMakeOne() {
    String token = sessions.open(Login.of(kim), NOW).token();
    assertThat(new Sessions(keys, SECRET).check(token, NOW)).as("the same secret").isPresent();
    assertThat(new Sessions(keys, "t".repeat(40)).check(token, NOW)).isEmpty();
    assertThat(new Sessions(keys, null).check(token, NOW)).as("a secret of its own").isEmpty();
    String raised =
        new String(Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))), UTF_8)
            .replace("OPERATOR", "ADMIN");
    String forged =
        Base64.getUrlEncoder().withoutPadding().encodeToString(raised.getBytes(UTF_8))
            + token.substring(token.indexOf('.'));
    for (String wrong : List.of(forged, "", ".", "a.b", token + "A", token.substring(1), "%.%")) {
      assertThat(sessions.check(wrong, NOW)).as(wrong).isEmpty();
    }
  }

  private static DoundoProperties.OAuth2 oauth2(Map<String, Role> roles) {
    return new DoundoProperties.OAuth2(
        "https://one", null, "doundo", "sub", "roles", null, roles, null, null, List.of());
  }

  @Test
  void aLoginWithoutAKeyBringsItsGroups() {
    Login oidc = new Login("ann@x", Set.of(Role.TASKS), List.of("finance"), Set.of(), null, null);
    Login login = sessions.check(sessions.open(oidc, NOW).token(), NOW).orElseThrow();
    assertThat(login.groups()).containsExactly("finance");
    assertThat(login.roles()).containsExactly(Role.TASKS);
    assertThat(login.keyId()).isNull();
    String vouched = new Sessions(keys, SECRET, "https://one").open(oidc, NOW).token();
    assertThat(new Sessions(keys, SECRET, "https://one").check(vouched, NOW)).isPresent();
    assertThat(new Sessions(keys, SECRET, "https://two").check(vouched, NOW)).isEmpty();
    String rules = ClaimedLogin.rules(oauth2(Map.of("ops", Role.OPERATOR, "dev", Role.VIEWER)));
    String ofRules = new Sessions(keys, SECRET, rules).open(oidc, NOW).token();
    assertThat(new Sessions(keys, SECRET, rules).check(ofRules, NOW)).isPresent();
    String without = ClaimedLogin.rules(oauth2(Map.of("dev", Role.VIEWER)));
    assertThat(new Sessions(keys, SECRET, without).check(ofRules, NOW))
        .as("the role was taken out of the settings")
        .isEmpty();
    assertThat(sessions.check(vouched, NOW)).as("nobody vouches for it any more").isEmpty();
  }
}
