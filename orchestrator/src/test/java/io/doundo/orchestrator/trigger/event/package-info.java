/** Tests of the reading of triggers' topics. */
@NullMarked
package io.doundo.orchestrator.trigger.event;

import org.jspecify.annotations.NullMarked;
