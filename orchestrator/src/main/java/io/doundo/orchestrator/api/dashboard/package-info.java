/**
 * The paths that existing dashboards of the DO/UNDO protocol read, in their words. It reads through
 * {@code query} and decides nothing: each answer is one of ours under other names.
 */
@NullMarked
package io.doundo.orchestrator.api.dashboard;

import org.jspecify.annotations.NullMarked;
