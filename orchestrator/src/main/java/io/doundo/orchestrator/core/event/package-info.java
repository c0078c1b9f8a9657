/** What can happen to a flow. May depend on {@code core.state} and on the words of the wire. */
@NullMarked
package io.doundo.orchestrator.core.event;

import org.jspecify.annotations.NullMarked;
