/**
 * The API for workers and initiators: annotations for handlers, their parameters and exceptions,
 * and the client that starts flows. Depends on the protocol only.
 */
@NullMarked
package io.doundo.worker;

import org.jspecify.annotations.NullMarked;
