/**
 * The values of expressions: JSON as they read and write it, their arithmetic, comparison, times
 * and regular expressions, each charged to the budget of the evaluation. Depends on the protocol's
 * JSON.
 */
@NullMarked
package io.doundo.expression.value;

import org.jspecify.annotations.NullMarked;
