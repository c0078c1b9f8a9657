/**
 * Definitions, their versions and the outcomes of registrations. Depends on {@code streams.read}.
 */
@NullMarked
package io.doundo.orchestrator.query.definition;

import org.jspecify.annotations.NullMarked;
