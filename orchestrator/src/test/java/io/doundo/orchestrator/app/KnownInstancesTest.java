package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.api.Instances.InstanceView;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KnownInstancesTest {

  private static final InstanceView SELF =
      new InstanceView("a:1", List.of(0, 1), 10L, 0L, "RUNNING");
  private static final InstanceView OTHER = new InstanceView("b:1", List.of(2), 20L, 3L, "RUNNING");

  private final Map<String, List<Integer>> assigned =
      new TreeMap<>(Map.of("a:1", List.of(0, 1), "b:1", List.of(2), "c:1", List.of(3)));
  private final List<String> asked = new ArrayList<>();
  private long now;
  private final KnownInstances instances =
      new KnownInstances(() -> SELF, () -> assigned, this::answer, Runnable::run, () -> now);

  private InstanceView answer(String address) {
    asked.add(address);
    if (address.equals("b:1")) {
      return OTHER;
    }
    throw new ReadsUnavailableException("It does not answer.");
  }

  @Test
  void everyInstanceIsThereWhetherOrNotItAnswers() {
    assertThat(instances.all())
        .containsExactly(
            SELF,
            OTHER,
            new InstanceView("c:1", List.of(3), null, null, KnownInstances.UNREACHABLE));
  }

  @Test
  void nobodyIsAskedAgainForAWhileAndWhoHasLeftIsGone() {
    instances.all();
    instances.all();
    assertThat(asked).containsExactly("b:1", "c:1");
    now += 6_000_000_000L;
    assigned.remove("c:1");
    assertThat(instances.all()).containsExactly(SELF, OTHER);
    assertThat(asked).containsExactly("b:1", "c:1", "b:1");
  }

  @Test
  void withoutAddressesThereIsOnlyThisOne() {
    assigned.clear();
    assertThat(instances.all()).containsExactly(SELF);
    assertThat(asked).isEmpty();
  }
}
