/**
 * What a worker's answer and an operator's request mean to the core. The engine, its dry runs and
 * the test kit of workers use the same translation. Depends on the wire and on the core alone.
 */
@NullMarked
package io.doundo.orchestrator.answer;

import org.jspecify.annotations.NullMarked;
