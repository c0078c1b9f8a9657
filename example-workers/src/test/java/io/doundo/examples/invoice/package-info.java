/** Tests of the listener without the SDK against the external system. */
@NullMarked
package io.doundo.examples.invoice;

import org.jspecify.annotations.NullMarked;
