/**
 * The records the engine reads and writes: where an input record came from, the records of the
 * rekey topic, held records, dead letters and the audit log. Depends on {@code streams.state} for
 * its byte formats; knows no store and no flow.
 */
@NullMarked
package io.doundo.orchestrator.streams.record;

import org.jspecify.annotations.NullMarked;
