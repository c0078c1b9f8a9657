/** Tests of reads from outside the tasks. */
@NullMarked
package io.doundo.orchestrator.streams.read;

import org.jspecify.annotations.NullMarked;
