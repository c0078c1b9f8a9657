package io.doundo.launcher.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.CommandAction;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FillPlanTest {

  private static final FillPlan PLAN = new FillPlan(7, 10_000);

  @Test
  void aSeedGivesTheSameFlows() {
    assertThat(new FillPlan(7, 10_000).flow(4711)).isEqualTo(PLAN.flow(4711));
    assertThat(new FillPlan(8, 10_000).flow(4711)).isNotEqualTo(PLAN.flow(4711));
  }

  @Test
  void everyFateIsThereAboutAsOftenAsPlanned() {
    Map<Fate, Long> counts =
        IntStream.range(0, 10_000)
            .mapToObj(number -> PLAN.flow(number).fate())
            .collect(Collectors.groupingBy(fate -> fate, Collectors.counting()));
    assertThat(counts.keySet()).containsExactlyInAnyOrder(Fate.values());
    assertThat(counts.get(Fate.ORDER_COMPLETED)).isBetween(4_900L, 5_500L);
    assertThat(counts.get(Fate.ORDER_UNDO_FAILED)).isBetween(190L, 310L);
  }

  @Test
  void theWeightsOfAllFatesAreAThousand() {
    List<Fate> fates = List.of(Fate.values());
    assertThat(Fate.at(0)).isEqualTo(fates.get(0));
    assertThat(Fate.at(Fate.WEIGHTS - 1)).isEqualTo(fates.get(fates.size() - 1));
  }

  @Test
  void aFlowIsKnownByItsIdHoweverHostile() {
    Set<String> ids = new HashSet<>();
    for (int number = 0; number < 1_000; number++) {
      String id = PLAN.flow(number).flowId();
      assertThat(ids.add(id)).isTrue();
      assertThat(PLAN.numberOf(id)).hasValue(number);
    }
    assertThat(PLAN.numberOf("fill-8-1")).isEmpty();
    assertThat(PLAN.numberOf("fill-7-10000")).isEmpty();
    assertThat(PLAN.numberOf(null)).isEmpty();
    assertThat(PLAN.flow(0).flowId()).startsWith("<img");
  }

  @Test
  void errorsAreOfSeveralKindsAndSomeAreHostile() {
    Set<String> kinds =
        IntStream.range(0, 10_000)
            .mapToObj(number -> PLAN.flow(number).error().replaceAll("\\d+", "<n>"))
            .collect(Collectors.toSet());
    assertThat(kinds).hasSize(10);
    assertThat(kinds).anyMatch(kind -> kind.length() > 5_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fillOrder", "fillShipment", "fillImport", "fillApproval"})
  void theirRegistrationsHaveNoProblems(String name) throws IOException {
    assertThat(RegistrationCompiler.compile(Filling.document(name), Map.of()).problems()).isEmpty();
    assertThat(Fate.ORCHESTRATIONS).contains(name);
  }

  @Test
  void afterTheRepairParkedFlowsCanBeRetried() {
    assertThat(
            Arrays.stream(Fate.values())
                .filter(fate -> fate.name().matches(".*(FAILED|EXHAUSTED|ESCALATED)"))
                .map(fate -> fate.repaired("reserve", CommandAction.UNDO))
                .distinct())
        .containsExactly(Fate.Reaction.SUCCEED);
    assertThat(Fate.SHIPMENT_UNANSWERED.repaired("send", CommandAction.DO))
        .isEqualTo(Fate.Reaction.BE_SILENT);
  }
}
