/** Tests of who is told of what, and when. */
@NullMarked
package io.doundo.orchestrator.query.notify;

import org.jspecify.annotations.NullMarked;
