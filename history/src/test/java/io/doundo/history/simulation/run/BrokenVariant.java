package io.doundo.history.simulation.run;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import org.jspecify.annotations.Nullable;

/** A way to break the core, by altering its input or its decision. */
interface BrokenVariant {

  Decision decide(Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e);

  /** The invariant that must catch it. */
  String caughtBy();

  /** The same seed with the features that reveal it. */
  Run shows(Run run);
}
