/**
 * A kit for tests of workers: orchestrations are run by the orchestrator's own core against the
 * beans of a service, behind a fence in memory, without a broker and with a clock that is moved by
 * hand. Depends on the SDK, and on the core and the registration compiler of the orchestrator.
 */
@NullMarked
package io.doundo.worker.testkit;

import org.jspecify.annotations.NullMarked;
