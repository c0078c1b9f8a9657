/** Tests of the stored formats and stores. */
@NullMarked
package io.doundo.orchestrator.streams.state;

import org.jspecify.annotations.NullMarked;
