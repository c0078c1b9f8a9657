package io.doundo.orchestrator.query.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.deadletter.SeenMarks.Mark;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeenMarksTest {

  private static final String GROUP = "v1:9f2ac01744d7e655";

  private final SeenMarks marks = new SeenMarks();

  @Test
  void aGroupIsSeenUpToWhereItWasShown() {
    marks.put(group(true, Map.of(0, 10L)), 1);
    assertThat(marks.seenBy(0, 9, GROUP)).isEqualTo("kim");
    assertThat(marks.seenBy(0, 10, GROUP)).as("came later").isNull();
    assertThat(marks.seenBy(1, 0, GROUP)).as("nothing of its partition was shown").isNull();
    assertThat(marks.seenBy(0, 9, "v1:0000000000000000")).isNull();
  }

  @Test
  void theMarkThatWasWrittenLastCounts() {
    marks.put(group(true, Map.of(0, 10L)), 1);
    marks.put(single("0-3", false), 2);
    assertThat(marks.seenBy(0, 3, GROUP)).isNull();
    assertThat(marks.seenBy(0, 4, GROUP)).isEqualTo("kim");
    marks.put(group(true, Map.of(0, 10L)), 3);
    assertThat(marks.seenBy(0, 3, GROUP)).isEqualTo("kim");
    marks.remove(GROUP);
    assertThat(marks.seenBy(0, 4, GROUP)).isNull();
  }

  @Test
  void aMarkExpiresWithItsDeadLetters() {
    marks.put(single("0-3", true), 1);
    marks.put(single("1-3", true), 2);
    marks.put(group(true, Map.of(0, 4L, 1, 0L)), 3);
    assertThat(marks.expired(Map.of(0, 3L))).isEmpty();
    assertThat(marks.expired(Map.of(0, 4L))).containsExactlyInAnyOrder("0-3", GROUP);
  }

  private static Mark group(boolean isSeen, Map<Integer, Long> below) {
    return new Mark(GROUP, isSeen, "kim", 1, below);
  }

  private static Mark single(String id, boolean isSeen) {
    return new Mark(id, isSeen, "ann", 2, Map.of());
  }
}
