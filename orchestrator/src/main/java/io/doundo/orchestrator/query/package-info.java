/**
 * Reads for REST and the service: this package holds what all of them share, the consumers that
 * read topics and the exception for a read that cannot be answered now. It depends on none of its
 * subpackages. Nothing here or below writes anything.
 */
@NullMarked
package io.doundo.orchestrator.query;

import org.jspecify.annotations.NullMarked;
