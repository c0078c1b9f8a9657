/** The events of a flow. May depend on {@code core.state} and on the types of the wire. */
@NullMarked
package io.doundo.orchestrator.core.event;

import org.jspecify.annotations.NullMarked;
