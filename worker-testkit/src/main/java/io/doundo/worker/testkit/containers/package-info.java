/**
 * Kafka and Redis in containers for the integration tests of a service. Needs Testcontainers and
 * Spring's test support on the class path, which the kit itself does not bring along.
 */
@NullMarked
package io.doundo.worker.testkit.containers;

import org.jspecify.annotations.NullMarked;
