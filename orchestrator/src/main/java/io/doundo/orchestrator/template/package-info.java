/**
 * Templates: documents with parameters, of which orchestrations are made. Reads them, fills them in
 * and stores them as JSON, and knows neither Kafka nor REST. Pure: a time arrives as a value.
 * Depends on {@code definition.compiler} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.template;

import org.jspecify.annotations.NullMarked;
