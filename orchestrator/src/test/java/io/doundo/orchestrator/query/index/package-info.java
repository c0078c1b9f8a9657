/** Tests of the columns behind lists and searches. */
@NullMarked
package io.doundo.orchestrator.query.index;

import org.jspecify.annotations.NullMarked;
