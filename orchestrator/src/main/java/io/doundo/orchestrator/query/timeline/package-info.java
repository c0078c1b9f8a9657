/**
 * The history of one flow from the audit log: the timeline of past transitions, and the watch for
 * new ones. Depends on {@code query.flow}.
 */
@NullMarked
package io.doundo.orchestrator.query.timeline;

import org.jspecify.annotations.NullMarked;
