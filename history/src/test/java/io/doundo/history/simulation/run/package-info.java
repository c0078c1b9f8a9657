/** Runs seeds: the simulation as a whole, its report of a failure, and its tests. */
@NullMarked
package io.doundo.history.simulation.run;

import org.jspecify.annotations.NullMarked;
