/** Tests of what is read of processes. */
@NullMarked
package io.doundo.bench.process;

import org.jspecify.annotations.NullMarked;
