/**
 * Other engines that run the same saga: how each is installed, started and asked for a flow, and
 * what it promises. Knows {@code flow} and {@code process}.
 */
@NullMarked
package io.doundo.bench.peer;

import org.jspecify.annotations.NullMarked;
