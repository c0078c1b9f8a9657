/** The kit for tests of workers, tested. */
@NullMarked
package io.doundo.worker.testing;

import org.jspecify.annotations.NullMarked;
