/**
 * The deliveries of notifications over REST. Depends on {@code api}, {@code api.request}, {@code
 * query.notify} and {@code notify}.
 */
@NullMarked
package io.doundo.orchestrator.api.notify;

import org.jspecify.annotations.NullMarked;
