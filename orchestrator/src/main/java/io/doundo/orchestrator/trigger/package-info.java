/**
 * What triggers make of what comes from outside: which flow is started or signalled, with which
 * payload. Knows neither Kafka nor HTTP. Depends on {@code definition}, {@code schedule.stored},
 * {@code expression} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.trigger;

import org.jspecify.annotations.NullMarked;
