/** Tests of flows, lists and search. */
@NullMarked
package io.doundo.orchestrator.query.flow;

import org.jspecify.annotations.NullMarked;
