/** Tests of the kit for worker tests. */
@NullMarked
package io.doundo.worker.testing;

import org.jspecify.annotations.NullMarked;
