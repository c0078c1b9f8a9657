/** Tests of who is told of what, and when. */
@NullMarked
package io.doundo.orchestrator.notify.delivery;

import org.jspecify.annotations.NullMarked;
