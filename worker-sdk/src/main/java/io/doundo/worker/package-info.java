/**
 * What a worker or an initiator writes against: annotations for its handlers, what they are given,
 * what they may throw, and the client that starts flows. Depends on the protocol only.
 */
@NullMarked
package io.doundo.worker;

import org.jspecify.annotations.NullMarked;
