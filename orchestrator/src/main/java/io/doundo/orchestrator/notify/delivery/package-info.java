/**
 * Reads the audit log and tells the receivers. Depends on {@code notify}, {@code query}, {@code
 * query.notify} and the Kafka clients; it sends through an interface that the application fills.
 */
@NullMarked
package io.doundo.orchestrator.notify.delivery;

import org.jspecify.annotations.NullMarked;
