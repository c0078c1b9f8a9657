/** A service that processes orders: a graph with a point of no return. */
@NullMarked
package io.doundo.examples.order;

import org.jspecify.annotations.NullMarked;
