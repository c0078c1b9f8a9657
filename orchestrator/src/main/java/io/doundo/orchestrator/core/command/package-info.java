/** What makes a command: its id, and the delay before the next attempt. Deterministic. */
@NullMarked
package io.doundo.orchestrator.core.command;

import org.jspecify.annotations.NullMarked;
