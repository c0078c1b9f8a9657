/** The invariants checked at every decision and at the end of a seed. */
@NullMarked
package io.doundo.history.simulation.invariant;

import org.jspecify.annotations.NullMarked;
