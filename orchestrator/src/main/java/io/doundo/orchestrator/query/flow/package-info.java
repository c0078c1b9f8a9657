/**
 * Single flows, lists of flows and search: the index over the flows' changelog and the archive, and
 * the views REST shows. Depends on {@code query.definition}, {@code streams.read} and the stored
 * form of a flow.
 */
@NullMarked
package io.doundo.orchestrator.query.flow;

import org.jspecify.annotations.NullMarked;
