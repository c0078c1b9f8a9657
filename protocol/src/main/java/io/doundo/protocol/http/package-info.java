/**
 * The payload of a command on {@code orchestrator.http}: a call and how its answer is read, as data
 * that needs no definition. Expressions in it are source texts, which this package does not
 * understand. Depends on the JSON of the protocol only.
 */
@NullMarked
package io.doundo.protocol.http;

import org.jspecify.annotations.NullMarked;
