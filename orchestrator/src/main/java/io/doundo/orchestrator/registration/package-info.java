/**
 * The control plane: creates topics, takes registrations, writes definitions, publishes statuses.
 * Blocking is allowed here. Depends on {@code definition}, {@code protocol}, the plain Kafka
 * clients, and of {@code streams} on {@code TopicCatalog} only.
 */
@NullMarked
package io.doundo.orchestrator.registration;

import org.jspecify.annotations.NullMarked;
