/**
 * A real single-node Kafka for development and tests, in its own JVM. May depend on {@code process}
 * only.
 */
@NullMarked
package io.doundo.launcher.broker;

import org.jspecify.annotations.NullMarked;
