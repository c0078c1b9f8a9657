/** The simulated orchestrator around the production core, its inputs and its operator. */
@NullMarked
package io.doundo.history.simulation.orchestrator;

import org.jspecify.annotations.NullMarked;
