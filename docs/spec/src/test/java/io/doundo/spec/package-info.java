/**
 * Runs TLC over the formal models of one flow, and of a flow and its parts. Depends on nothing of
 * the product.
 */
@NullMarked
package io.doundo.spec;

import org.jspecify.annotations.NullMarked;
