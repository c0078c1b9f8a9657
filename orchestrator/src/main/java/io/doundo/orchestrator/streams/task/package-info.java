/**
 * One partition at work: decodes records, loads the flow, asks the core, and collects the store
 * writes and the records to send. Used by one stream thread only, and never blocks. Depends on
 * {@code streams}, {@code streams.state} and {@code streams.record}, on {@code core} with its
 * {@code event}, {@code effect} and {@code state}, and on {@code definition}, {@code
 * definition.compiler}, {@code evaluation} and {@code answer}; knows neither {@code streams.client}
 * nor {@code streams.read}.
 */
@NullMarked
package io.doundo.orchestrator.streams.task;

import org.jspecify.annotations.NullMarked;
