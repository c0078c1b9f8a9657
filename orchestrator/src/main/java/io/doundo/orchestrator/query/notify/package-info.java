/** Follows the deliveries of notifications. Depends on {@code query} and {@code notify}. */
@NullMarked
package io.doundo.orchestrator.query.notify;

import org.jspecify.annotations.NullMarked;
