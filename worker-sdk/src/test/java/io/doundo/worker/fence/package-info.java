/** One conformance suite for all fences, and what only the one in Redis can show. */
@NullMarked
package io.doundo.worker.fence;

import org.jspecify.annotations.NullMarked;
