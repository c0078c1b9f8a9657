/** Tests of single invariants. */
@NullMarked
package io.doundo.history.invariant;

import org.jspecify.annotations.NullMarked;
