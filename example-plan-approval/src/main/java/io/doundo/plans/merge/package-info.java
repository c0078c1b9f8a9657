/**
 * Compares and merges plans, field by field. Pure: no clock, no store. Depends on {@code json}
 * only.
 */
@NullMarked
package io.doundo.plans.merge;

import org.jspecify.annotations.NullMarked;
