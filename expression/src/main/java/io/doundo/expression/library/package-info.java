/**
 * The functions of the dialect, one class for each kind of value. Depends on the values, and on CEL
 * for the types declared to the checker.
 */
@NullMarked
package io.doundo.expression.library;

import org.jspecify.annotations.NullMarked;
