/** Tests of comparisons. */
@NullMarked
package io.doundo.bench.measure;

import org.jspecify.annotations.NullMarked;
