/**
 * What happened to one flow, from the audit log: the timeline of the past, and the watch on what
 * comes. Depends on {@code query.flow}.
 */
@NullMarked
package io.doundo.orchestrator.query.timeline;

import org.jspecify.annotations.NullMarked;
