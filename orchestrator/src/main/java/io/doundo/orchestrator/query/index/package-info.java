/**
 * The memory behind lists and searches: every flow as a row of columns, the groups of its errors,
 * and the counts that are kept with them. Knows the stored form of a flow and neither topics nor
 * requests.
 */
@NullMarked
package io.doundo.orchestrator.query.index;

import org.jspecify.annotations.NullMarked;
