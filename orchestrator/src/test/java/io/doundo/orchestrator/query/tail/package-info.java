/** Tests of the readers behind the lists. */
@NullMarked
package io.doundo.orchestrator.query.tail;

import org.jspecify.annotations.NullMarked;
