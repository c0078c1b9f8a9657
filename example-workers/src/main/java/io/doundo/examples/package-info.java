/**
 * Services that do and undo the steps of the example orchestrations: how workers are written, and
 * something to play with. Depends on the SDK only.
 */
@NullMarked
package io.doundo.examples;

import org.jspecify.annotations.NullMarked;
