/**
 * What carries out the commands of a whole topic, in place of handlers that are bound to one step
 * each. Depends on the fence and the protocol.
 */
@NullMarked
package io.doundo.worker.callee;

import org.jspecify.annotations.NullMarked;
