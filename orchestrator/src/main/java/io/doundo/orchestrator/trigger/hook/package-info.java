/**
 * Verifies who sent a request to a webhook, from its raw bytes. Knows no HTTP server. Depends on
 * {@code definition}, {@code trigger} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.trigger.hook;

import org.jspecify.annotations.NullMarked;
