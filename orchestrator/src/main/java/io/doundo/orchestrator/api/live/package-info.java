/**
 * The live stream of the console: what changes, at most once a second for lists and figures.
 * Depends on {@code query} and on Spring's emitters, never on the controllers.
 */
@NullMarked
package io.doundo.orchestrator.api.live;

import org.jspecify.annotations.NullMarked;
