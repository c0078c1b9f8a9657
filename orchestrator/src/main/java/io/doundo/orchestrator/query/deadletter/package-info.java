/**
 * The dead-letter topic: page by page, in groups by cause, and what operators have seen of it.
 * Depends on {@code query} and, for the groups, on {@code query.index}.
 */
@NullMarked
package io.doundo.orchestrator.query.deadletter;

import org.jspecify.annotations.NullMarked;
