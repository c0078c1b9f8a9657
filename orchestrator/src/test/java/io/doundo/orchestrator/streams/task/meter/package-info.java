/** Tests of what the data plane counts. */
@NullMarked
package io.doundo.orchestrator.streams.task.meter;

import org.jspecify.annotations.NullMarked;
