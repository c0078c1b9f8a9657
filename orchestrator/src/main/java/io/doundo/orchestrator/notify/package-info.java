/**
 * Who is told of what, when a delivery is tried again, and when it is given up: pure. Depends on
 * {@code definition}, the words of {@code core.effect}, {@code expression} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.notify;

import org.jspecify.annotations.NullMarked;
