/**
 * JSON and text from outside: strict UTF-8, strict JSON, values that are passed on byte for byte,
 * and text that is safe to print. It knows nothing of the wire's records and may depend on the JDK,
 * JSpecify and Jackson only.
 */
@NullMarked
package io.doundo.protocol.json;

import org.jspecify.annotations.NullMarked;
