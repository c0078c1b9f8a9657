/** The threads, slots and timers of a worker. Depends on the JDK only. */
@NullMarked
package io.doundo.worker.threads;

import org.jspecify.annotations.NullMarked;
