/** The simulated network, and the workers behind it. */
@NullMarked
package io.doundo.history.simulation.worker;

import org.jspecify.annotations.NullMarked;
