/**
 * Tests of the whole engine on a real broker, and the driver that runs its topology without one.
 */
@NullMarked
package io.doundo.orchestrator.streams.client;

import org.jspecify.annotations.NullMarked;
