/**
 * Finds handlers among the beans, checks them at start, and calls them: how parameters are bound to
 * a command. Knows nothing of Kafka or of the fence.
 */
@NullMarked
package io.doundo.worker.binding;

import org.jspecify.annotations.NullMarked;
