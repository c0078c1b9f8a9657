/** Runs TLC over the formal model of one flow. Depends on nothing of the product. */
@NullMarked
package io.doundo.spec;

import org.jspecify.annotations.NullMarked;
