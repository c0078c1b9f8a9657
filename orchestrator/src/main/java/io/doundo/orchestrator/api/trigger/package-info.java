/** What starts flows besides initiators, over REST. */
@NullMarked
package io.doundo.orchestrator.api.trigger;

import org.jspecify.annotations.NullMarked;
