package io.doundo.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.text.Terminal;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AuditEntryTextTest {

  private static final Instant BEGIN = Instant.parse("2026-11-21T05:00:00Z");

  private final AuditEntryText text = new AuditEntryText(new Terminal(false));

  @Test
  void aFlowIsShownInWordsWithTheTimeSinceItsStart() {
    assertThat(text.line(entry("FLOW_STARTED", "", "", 0, "", 0)))
        .isEqualTo("     0.000 s  flow                      started");
    assertThat(text.line(entry("STEP_STARTED", "pack", "DO", 1, "", 0)))
        .isEqualTo("     0.000 s  pack                      do requested");
    assertThat(text.line(entry("STEP_FAILED", "pack", "DO", 1, "out of string", 20)))
        .isEqualTo("     0.020 s  pack                      failed: out of string");
    assertThat(
            text.line(entry("STEP_RETRY_TRIGGERED", "pack", "DO", 1, "next attempt in 512 ms", 20)))
        .isEqualTo("     0.020 s  pack                      retrying in 512 ms");
    assertThat(text.line(entry("STEP_STARTED", "pack", "DO", 2, "", 540)))
        .isEqualTo("     0.540 s  pack                      do requested, attempt 2");
    assertThat(text.line(entry("STEP_SUCCESS", "pack", "UNDO", 1, "", 1_234)))
        .isEqualTo("     1.234 s  pack                      undone in 7 ms");
    assertThat(text.line(entry("FLOW_UNDONE", "", "", 0, "", 1_300)))
        .isEqualTo("     1.300 s  flow                      undone");
  }

  @Test
  void anEventWithoutWordingIsStillShown() {
    assertThat(text.line(entry("INCIDENT", "pack", "DO", 0, "two successes", 0)))
        .endsWith("pack                      incident: two successes");
  }

  @Test
  void clocksOfWorkersCannotMoveTheCursor() {
    assertThat(text.line(entry("STEP_FAILED", "pack", "DO", 1, "a\u001b[2Jb\nc", 0)))
        .endsWith("failed: a [2Jb c");
  }

  private static AuditEntry entry(
      String type, String step, String operation, int attempt, String reason, long millis) {
    long took = type.equals("STEP_SUCCESS") ? 7 : -1;
    return new AuditEntry(
        1, type, step, operation, attempt, took, reason, BEGIN.plusMillis(millis), "IN_PROGRESS");
  }
}
