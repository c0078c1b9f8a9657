/**
 * The webhooks of triggers. Depends on {@code api}, {@code api.request}, {@code query}, {@code
 * trigger} and {@code definition}.
 */
@NullMarked
package io.doundo.orchestrator.api.hook;

import org.jspecify.annotations.NullMarked;
