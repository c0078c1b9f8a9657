/**
 * The load harness of {@code doundo bench}: measures the limit and the product on one broker in one
 * run. May depend on everything; nothing depends on it.
 */
@NullMarked
package io.doundo.bench;

import org.jspecify.annotations.NullMarked;
