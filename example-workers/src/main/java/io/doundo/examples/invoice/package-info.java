/** A service that archives invoices, written without the SDK: the wire, as it is. */
@NullMarked
package io.doundo.examples.invoice;

import org.jspecify.annotations.NullMarked;
