/** Tests of the wiring of triggers. */
@NullMarked
package io.doundo.orchestrator.app.trigger;

import org.jspecify.annotations.NullMarked;
