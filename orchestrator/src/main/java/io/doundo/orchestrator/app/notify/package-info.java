/**
 * Notifications in the running service: their settings, wiring, meters and health. May depend on
 * everything.
 */
@NullMarked
package io.doundo.orchestrator.app.notify;

import org.jspecify.annotations.NullMarked;
