/** Wires the export of traces. */
@NullMarked
package io.doundo.orchestrator.app.trace;

import org.jspecify.annotations.NullMarked;
