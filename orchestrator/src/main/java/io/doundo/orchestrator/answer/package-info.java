/**
 * Translates workers' answers and operators' requests into events of the core. The engine, its dry
 * runs and the test kit of workers use the same translation. Depends on the wire and on the core
 * alone.
 */
@NullMarked
package io.doundo.orchestrator.answer;

import org.jspecify.annotations.NullMarked;
