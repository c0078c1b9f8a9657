/** Reads: single flows, timelines, definitions and search. Writes nothing. */
@NullMarked
package io.doundo.orchestrator.query;

import org.jspecify.annotations.NullMarked;
