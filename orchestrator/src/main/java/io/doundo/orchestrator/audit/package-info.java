/**
 * The form in which the audit log keeps the core's events, so that the core can be run over the log
 * again. The engine writes it and the history checker reads it. Depends on the core and on JSON
 * alone.
 */
@NullMarked
package io.doundo.orchestrator.audit;

import org.jspecify.annotations.NullMarked;
