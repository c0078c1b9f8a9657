/** Tests of builds and of warming up. */
@NullMarked
package io.doundo.bench.stack;

import org.jspecify.annotations.NullMarked;
