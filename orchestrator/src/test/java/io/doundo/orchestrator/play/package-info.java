/** Tests of forecasts. */
@NullMarked
package io.doundo.orchestrator.play;

import org.jspecify.annotations.NullMarked;
