/** Tests of JSON and text from outside. */
@NullMarked
package io.doundo.protocol.json;

import org.jspecify.annotations.NullMarked;
