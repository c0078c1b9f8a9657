/**
 * The paths of the workflow framework, in its shapes: workflows, executions, metrics, and requests
 * that bring their steps along. Each calls what our own paths call, and decides nothing.
 */
@NullMarked
package io.doundo.orchestrator.api.v1;

import org.jspecify.annotations.NullMarked;
