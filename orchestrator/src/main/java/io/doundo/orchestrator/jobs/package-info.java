/**
 * Bulk jobs: one verb for many flows, or many dead letters sent again, at a rate, with what became
 * of each. A job lives in the compacted topic {@code orchestrator.jobs}; its flows are frozen there
 * before it starts. The owner of the topic's only partition runs the jobs, and another instance
 * takes over where it left off. What to send next, and what an operator may ask for, is decided by
 * pure classes ({@code JobPlan}, {@code Job}, {@code JobItems}, {@code JobOutcome}, {@code
 * JobPreview}). Depends on the reads, {@code resend} and {@code play}; knows neither REST nor
 * Spring.
 */
@NullMarked
package io.doundo.orchestrator.jobs;

import org.jspecify.annotations.NullMarked;
