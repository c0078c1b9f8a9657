package io.doundo.plans.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.plans.json.PlanJson;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ComparisonTest {

  private static final ObjectNode BASE = PlanJson.object("{\"a\":1,\"b\":1}");
  private static final ObjectNode DRAFT = PlanJson.object("{\"a\":2,\"b\":1}");
  private static final ObjectNode CURRENT = PlanJson.object("{\"a\":1,\"b\":2}");

  private static Comparison compare(
      @Nullable String baseVersion,
      ObjectNode base,
      @Nullable String currentVersion,
      @Nullable ObjectNode current) {
    return Comparison.of(baseVersion, base, DRAFT, currentVersion, current, List.of());
  }

  @Test
  void theSameVersionIsNoConflict() {
    Comparison same = compare("1", BASE, "1", BASE);
    assertThat(same.type()).isEqualTo(Comparison.Type.NONE);
    assertThat(same.plan()).isEqualTo(DRAFT);
    assertThat(same.current()).isEqualTo(BASE);
  }

  @Test
  void nothingBeforeAndNothingNowIsNoConflict() {
    Comparison fresh = compare(null, PlanJson.object(), null, null);
    assertThat(fresh.type()).isEqualTo(Comparison.Type.NONE);
    assertThat(fresh.plan()).isEqualTo(DRAFT);
  }

  @Test
  void anotherVersionIsMerged() {
    Comparison moved = compare("1", BASE, "2", CURRENT);
    assertThat(moved.type()).isEqualTo(Comparison.Type.VERSION_MISMATCH);
    assertThat(moved.isClean()).isTrue();
    assertThat(moved.plan()).isEqualTo(PlanJson.object("{\"a\":2,\"b\":2}"));
  }

  @Test
  void aPlanThatAppearedIsMergedWithNothingAsItsBase() {
    Comparison appeared = compare(null, PlanJson.object(), "1", CURRENT);
    assertThat(appeared.type()).isEqualTo(Comparison.Type.ALREADY_EXISTS);
    assertThat(appeared.conflicts().stream().map(Conflict::path)).containsExactly("a", "b");
  }

  @Test
  void aPlanThatWasDeletedIsAPersonsDecision() {
    Comparison gone = compare("1", BASE, null, null);
    assertThat(gone.type()).isEqualTo(Comparison.Type.DELETED);
    assertThat(gone.conflicts().stream().map(Conflict::path))
        .containsExactly(Comparison.WHOLE_PLAN);
  }
}
