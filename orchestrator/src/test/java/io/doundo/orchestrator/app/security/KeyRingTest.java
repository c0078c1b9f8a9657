package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Payloads;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import io.doundo.orchestrator.app.DoundoProperties.Visibility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {

  private static final String FILE =
      """
      keys:
        - name: shop
          role: OPERATOR
          sha256: %s
          expires-at: 2027-01-31T00:00:00Z
        - {name: ann, role: [VIEWER, TASKS], groups: [finance], sha256: %s}
      """
          .formatted(Keys.sha256("old"), Keys.sha256("ann's"));

  @TempDir Path directory;

  @Test
  void twoKeysOfOneNameAreValidAtOnceWhileTheyRotate() {
    KeyRing keys =
        ring(null, Keys.key("shop", "old", Role.OPERATOR), Keys.key("shop", "new", Role.OPERATOR));
    assertThat(keys.find("old")).map(DoundoProperties.Key::name).hasValue("shop");
    assertThat(keys.find("new")).map(DoundoProperties.Key::name).hasValue("shop");
    assertThat(keys.find("older")).isEmpty();
  }

  @Test
  void keysOfOneNameAreOneUser() {
    assertThatThrownBy(
            () ->
                ring(
                    null,
                    Keys.key("shop", "old", Role.OPERATOR),
                    Keys.key("shop", "new", Role.ADMIN)))
        .hasMessageContaining("two keys named shop with different roles");
    assertThatThrownBy(
            () ->
                ring(
                    null,
                    Keys.key("shop", "same", Role.ADMIN),
                    Keys.key("kim", "same", Role.ADMIN)))
        .hasMessageContaining("the same key twice, under the names shop and kim");
  }

  @Test
  void aFileAddsKeysAndIsReadAgainWhenItChanges() throws IOException {
    Path file = Files.writeString(directory.resolve("keys.yaml"), FILE);
    KeyRing keys = ring(file, Keys.key("kim", "kim's", Role.ADMIN));
    assertThat(keys.find("kim's")).isPresent();
    DoundoProperties.Key shop = keys.find("old").orElseThrow();
    assertThat(shop.expiresAt()).hasToString("2027-01-31T00:00:00Z");
    DoundoProperties.Key ann = keys.find("ann's").orElseThrow();
    assertThat(ann.role()).containsExactly(Role.VIEWER, Role.TASKS);
    assertThat(ann.groups()).containsExactly("finance");

    Files.writeString(file, FILE.replace(Keys.sha256("old"), Keys.sha256("new")));
    assertThat(keys.find("new")).as("not looked yet").isEmpty();
    keys.refresh();
    assertThat(keys.find("new")).isPresent();
    assertThat(keys.find("old")).as("removed").isEmpty();
    assertThat(keys.byId(KeyRing.id(shop))).isEmpty();

    Files.writeString(file, "keys: []\n");
    keys.refresh();
    assertThat(keys.find("new")).isEmpty();
    assertThat(keys.find("kim's")).as("the settings stay").isPresent();
  }

  @Test
  void aFileThatCannotBeUnderstoodChangesNothingAndIsReported() throws IOException {
    Path file = Files.writeString(directory.resolve("keys.yaml"), FILE);
    KeyRing keys = ring(file);
    for (String wrong :
        List.of(
            FILE.replace("expires-at", "expires"),
            FILE.replace("OPERATOR", "OWNER"),
            FILE.replace(Keys.sha256("old"), "swordfish"),
            FILE.replace(Keys.sha256("old"), "swordfish: it"),
            FILE.replace("sha256: " + Keys.sha256("old"), "\tsha256: swordfish"),
            "- name: shop",
            "keys: {{{",
            "")) {
      Files.writeString(file, wrong);
      keys.refresh();
      assertThat(keys.failure()).as(wrong).isNotNull().doesNotContain("swordfish");
      assertThat(keys.find("old")).as(wrong).isPresent();
    }
    Files.writeString(file, FILE.replace(Keys.sha256("old"), "swordfish: it"));
    keys.refresh();
    assertThat(keys.failure()).isEqualTo("doundo.api.keys-file is not YAML: line 4, column 22");
    Files.delete(file);
    keys.refresh();
    assertThat(keys.failure()).isNotNull();
    assertThat(keys.find("old")).isPresent();
    Files.writeString(file, FILE);
    keys.refresh();
    assertThat(keys.failure()).as("as it was").isNull();
    assertThatThrownBy(() -> ring(directory.resolve("none")))
        .hasMessageContaining("doundo.api.keys-file cannot be read");
  }

  static KeyRing ring(@Nullable Path file, DoundoProperties.Key... keys) {
    return new KeyRing(
        new DoundoProperties.Api(
            List.of(keys),
            file,
            List.of(),
            null,
            null,
            new Payloads(Visibility.SHOWN, Visibility.SHOWN, Visibility.SHOWN),
            null,
            false,
            null,
            10_000));
  }
}
