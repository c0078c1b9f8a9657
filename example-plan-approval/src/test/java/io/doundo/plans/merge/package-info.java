/** Field by field: what merges, and what clashes. */
@NullMarked
package io.doundo.plans.merge;

import org.jspecify.annotations.NullMarked;
