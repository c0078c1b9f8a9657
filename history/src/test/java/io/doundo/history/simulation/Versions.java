package io.doundo.history.simulation;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The registered versions of the definition. A start takes the newest version registered before it,
 * else the first one after it; a running flow stays on its version.
 */
public final class Versions {

  private record Version(Orchestration definition, long registeredAt) {}

  private final Scene scene;
  private final Version first;
  private final @Nullable Version second;

  /**
   * @param first when the first version is registered, ms since the epoch
   * @param flow the current state of the flow
   */
  public Versions(Scene scene, long first, Supplier<@Nullable FlowState> flow) {
    this.scene = scene;
    this.first = new Version(scene.definition(), first);
    Dice dice = scene.beside();
    if (dice.fault(scene.weather().version())) {
      Orchestration other = new RandomDefinitions(dice).anotherVersion(scene.definition());
      long at = first + (dice.chance(300) ? 0 : dice.between(1, 3_000));
      second = new Version(other, at);
      scene.recorder().registered(other);
      scene.coverage().count(Happening.ANOTHER_VERSION);
      scene.timeline().at(at, () -> countIfRunning(flow.get()));
    } else {
      second = null;
    }
  }

  private void countIfRunning(@Nullable FlowState flow) {
    if (flow != null && flow.definition() != null && !flow.status().isTerminal()) {
      scene.coverage().count(Happening.VERSION_WHILE_RUNNING);
    }
  }

  /** When the first version is registered. */
  public long firstAt() {
    return first.registeredAt();
  }

  /**
   * The definition by which a flow is decided, or null if there is none yet.
   *
   * @param startedAt when the flow's start was appended
   */
  public @Nullable Orchestration of(@Nullable FlowState flow, long startedAt) {
    Version newer = second;
    if (flow != null && flow.definition() != null && !moves(flow)) {
      boolean onFirst = flow.definition().equals(first.definition().id());
      return onFirst || newer == null ? first.definition() : newer.definition();
    }
    if (newer != null && newer.registeredAt() <= scene.now()) {
      boolean atStart = newer.registeredAt() <= startedAt || moves(flow);
      if (atStart) {
        scene.coverage().count(Happening.FLOW_ON_ANOTHER_VERSION);
        return newer.definition();
      }
    }
    return first.registeredAt() <= scene.now() ? first.definition() : null;
  }

  private boolean moves(@Nullable FlowState flow) {
    return flow != null && scene.is(BrokenRule.RUNNING_FLOWS_TAKE_NEW_VERSIONS);
  }
}
