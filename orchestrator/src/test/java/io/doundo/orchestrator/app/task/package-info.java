/** Tasks and signals over REST, with keys of several people. */
@NullMarked
package io.doundo.orchestrator.app.task;

import org.jspecify.annotations.NullMarked;
