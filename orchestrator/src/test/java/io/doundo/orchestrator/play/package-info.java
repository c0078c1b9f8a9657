/** Forecasts of the core. */
@NullMarked
package io.doundo.orchestrator.play;

import org.jspecify.annotations.NullMarked;
