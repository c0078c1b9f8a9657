/**
 * The control plane: listens for registrations, creates topics, writes definitions, publishes
 * statuses.
 */
@NullMarked
package io.doundo.orchestrator.registration;

import org.jspecify.annotations.NullMarked;
