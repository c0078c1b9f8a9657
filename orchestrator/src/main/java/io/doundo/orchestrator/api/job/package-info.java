/**
 * Bulk jobs over REST. Depends on {@code api}, {@code api.request}, {@code jobs}, {@code query},
 * {@code query.worker} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.api.job;

import org.jspecify.annotations.NullMarked;
