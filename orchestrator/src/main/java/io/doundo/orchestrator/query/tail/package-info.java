/**
 * Follows the topics of the flows and keeps the columns of {@code query.index} up to date: the
 * reading thread, how fresh it is, the file over a restart, and the figures for gauges.
 */
@NullMarked
package io.doundo.orchestrator.query.tail;

import org.jspecify.annotations.NullMarked;
