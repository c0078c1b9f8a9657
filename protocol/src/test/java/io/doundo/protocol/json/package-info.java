/** Tests of JSON and text from external sources. */
@NullMarked
package io.doundo.protocol.json;

import org.jspecify.annotations.NullMarked;
