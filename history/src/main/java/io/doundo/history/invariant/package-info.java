/**
 * The history checker and its invariants I1 to I12. Depends on {@code io.doundo.history} and on the
 * core.
 */
@NullMarked
package io.doundo.history.invariant;

import org.jspecify.annotations.NullMarked;
