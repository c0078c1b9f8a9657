package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.worker.RunEnd;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.state.FlowState;
import org.jspecify.annotations.Nullable;

/** Watches one rule that must always hold, and throws a {@link Violation} when it does not. */
public interface Invariant {

  /** A decision was made; its transaction may still be aborted. */
  default void decided(RecordedDecision taken) {}

  /** A decision was committed, in the order of decisions. */
  default void committed(RecordedDecision taken) {}

  /**
   * A command became visible to its worker.
   *
   * @param sent the state of the flow as its sender left it
   * @param committed the state of the flow at the last commit
   */
  default void visible(DispatchStep command, FlowState sent, @Nullable FlowState committed) {}

  /** Everything is delivered and nothing more is planned. */
  default void ended(RunEnd ending) {}
}
