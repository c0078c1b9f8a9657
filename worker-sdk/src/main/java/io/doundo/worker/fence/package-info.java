/**
 * Makes a step's effect happen once: a record for each flow and step that says who may run its
 * handlers, and with what outcome. Two fences, one in Redis and one in memory, pass one conformance
 * suite. Depends on the protocol, Lettuce and {@link io.doundo.worker.OnDoubt} only.
 */
@NullMarked
package io.doundo.worker.fence;

import org.jspecify.annotations.NullMarked;
