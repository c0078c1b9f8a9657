/**
 * The workers of the orchestration {@code planApproval}: what it does to drafts and to published
 * plans, and how that is undone. A process of its own; knows nothing of the façade.
 */
@NullMarked
package io.doundo.plans.worker;

import org.jspecify.annotations.NullMarked;
