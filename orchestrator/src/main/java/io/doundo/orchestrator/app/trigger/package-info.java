/** Triggers in the running service: their wiring, meters and health. May depend on everything. */
@NullMarked
package io.doundo.orchestrator.app.trigger;

import org.jspecify.annotations.NullMarked;
