/** Drafts of plans, in Postgres. Depends on {@code json} only. */
@NullMarked
package io.doundo.plans.draft;

import org.jspecify.annotations.NullMarked;
