/**
 * The history checker: what topics and the workers' ledgers hold of a set of flows, and the
 * invariants I1 to I12 that judge it, whatever the orchestrator believes. Depends on the core, the
 * definitions and the wire records only; the engine takes from here the form of an audited event.
 */
@NullMarked
package io.doundo.orchestrator.history;

import org.jspecify.annotations.NullMarked;
