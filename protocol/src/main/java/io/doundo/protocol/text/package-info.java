/** Values as people write and read them. */
@NullMarked
package io.doundo.protocol.text;

import org.jspecify.annotations.NullMarked;
