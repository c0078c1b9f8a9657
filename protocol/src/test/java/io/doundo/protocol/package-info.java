/** Tests of the wire: golden samples in both directions, and the reason for every refusal. */
@NullMarked
package io.doundo.protocol;

import org.jspecify.annotations.NullMarked;
