/** Tests of the figures read from processes. */
@NullMarked
package io.doundo.bench.process;

import org.jspecify.annotations.NullMarked;
