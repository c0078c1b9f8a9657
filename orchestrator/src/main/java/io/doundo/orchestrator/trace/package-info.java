/**
 * Traces of flows, made from the committed audit log by a reader of its own: {@link
 * io.doundo.orchestrator.trace.AuditSpans} turns records into spans and is pure, the rest reads and
 * exports. Costs the data plane nothing. May depend on the names of audit entries, on {@code query}
 * for consumers, and on the exporter of OpenTelemetry.
 */
@NullMarked
package io.doundo.orchestrator.trace;

import org.jspecify.annotations.NullMarked;
