/** Tests of a worker's threads. */
@NullMarked
package io.doundo.worker.threads;

import org.jspecify.annotations.NullMarked;
