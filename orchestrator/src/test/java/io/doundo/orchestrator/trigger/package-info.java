/** Tests of what triggers make of events. */
@NullMarked
package io.doundo.orchestrator.trigger;

import org.jspecify.annotations.NullMarked;
