/** Tests of the parts of a task. */
@NullMarked
package io.doundo.orchestrator.streams.task;

import org.jspecify.annotations.NullMarked;
