/** The dead-letter topic, page by page. Depends on {@code query} alone. */
@NullMarked
package io.doundo.orchestrator.query.deadletter;

import org.jspecify.annotations.NullMarked;
