/**
 * A real single-node Kafka for development and tests, in a JVM of its own. May depend on {@code
 * process} only.
 */
@NullMarked
package io.doundo.launcher.broker;

import org.jspecify.annotations.NullMarked;
