package io.doundo.history.simulation.worker;

import io.doundo.orchestrator.core.state.FlowState;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param settledByHand the steps that an operator skipped or resolved; nothing is guaranteed about
 *     their effects
 */
public record RunEnd(@Nullable FlowState state, List<Worker> workers, BitSet settledByHand) {}
