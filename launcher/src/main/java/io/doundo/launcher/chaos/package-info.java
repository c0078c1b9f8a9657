/**
 * Chaos on real processes: a broker, orchestrators, workers and a Redis that are killed, frozen and
 * emptied by a schedule drawn from a seed, while flows run; afterwards the history in Kafka and the
 * workers' ledger is checked. May depend on {@code process}, {@code broker}, the history checker of
 * the orchestrator and the ledger of the example workers.
 */
@NullMarked
package io.doundo.launcher.chaos;

import org.jspecify.annotations.NullMarked;
