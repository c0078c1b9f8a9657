/** One conformance suite for all fences, and tests specific to the one in Redis. */
@NullMarked
package io.doundo.worker.fence;

import org.jspecify.annotations.NullMarked;
