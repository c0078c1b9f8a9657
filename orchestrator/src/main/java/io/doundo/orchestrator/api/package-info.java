/** REST over the queries and the input topics. */
@NullMarked
package io.doundo.orchestrator.api;

import org.jspecify.annotations.NullMarked;
