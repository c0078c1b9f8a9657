/** The listener without the SDK against the outside world. */
@NullMarked
package io.doundo.examples.invoice;

import org.jspecify.annotations.NullMarked;
