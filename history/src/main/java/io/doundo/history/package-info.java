/**
 * The records of a set of flows in Kafka and the workers' ledgers, as values and as files. Depends
 * on the orchestrator's core, definitions and audit form; never on the engine that wrote the
 * records. Knows none of its subpackages.
 */
@NullMarked
package io.doundo.history;

import org.jspecify.annotations.NullMarked;
