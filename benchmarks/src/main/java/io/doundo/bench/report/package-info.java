/**
 * The figures of a run as text, JSON and a page of plots, and whether they reach the targets. Knows
 * {@code measure} and what that knows; measures nothing itself.
 */
@NullMarked
package io.doundo.bench.report;

import org.jspecify.annotations.NullMarked;
