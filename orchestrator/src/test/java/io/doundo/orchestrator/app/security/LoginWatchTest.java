package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.api.OpenStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.core.context.SecurityContextHolder;

/** A stream ends with its login at the next look, and those of other callers go on. */
class LoginWatchTest {

  private static final String KIM = "{name: kim, role: VIEWER, sha256: \"%s\"%s}";
  private static final String ANN =
      "{name: ann, role: VIEWER, sha256: \"%s\"}".formatted(Keys.sha256("ann's"));

  @TempDir Path directory;

  private final OpenStreams streams = new OpenStreams();
  private final List<String> kims = new ArrayList<>();
  private final List<String> anns = new ArrayList<>();

  @AfterEach
  void forgetTheCaller() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void aStreamEndsWhenItsKeyIsRemoved() throws IOException {
    assertThatItEndsAfter("keys: [%s]".formatted(ANN));
  }

  @Test
  void aStreamEndsWhenItsKeyHasExpired() throws IOException {
    assertThatItEndsAfter(
        "keys: [%s, %s]"
            .formatted(
                KIM.formatted(Keys.sha256("kim's"), ", expires-at: \"2026-11-29T22:59:59Z\""),
                ANN));
  }

  private void assertThatItEndsAfter(String change) throws IOException {
    Path file = directory.resolve("keys");
    Files.writeString(
        file, "keys: [%s, %s]".formatted(KIM.formatted(Keys.sha256("kim's"), ""), ANN));
    KeyRing keys = KeyRingTest.ring(file);
    Sessions sessions = new Sessions(keys, null);
    Clock clock = Clock.fixed(Instant.parse("2026-11-29T23:00:00Z"), ZoneOffset.UTC);
    open(keys, "kim's", kims);
    open(keys, "ann's", anns);
    try (LoginWatch watch = new LoginWatch(keys, sessions, streams, clock)) {
      watch.look();
      assertThat(kims).isEmpty();

      Files.writeString(file, change);
      watch.look();
    }
    assertThat(kims).singleElement().asString().contains("no longer valid");
    assertThat(anns).isEmpty();
  }

  private void open(KeyRing keys, String secret, List<String> reasons) {
    SecurityContextHolder.getContext()
        .setAuthentication(Login.of(keys.find(secret).orElseThrow()).authentication());
    OpenStreams.OpenStream unused = streams.add(reasons::add);
  }
}
