/**
 * The client of initiators: registers documents, starts flows, and waits for their end. Internal
 * but for what the interfaces of the parent package show.
 */
@NullMarked
package io.doundo.worker.client;

import org.jspecify.annotations.NullMarked;
