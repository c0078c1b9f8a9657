/** A service that creates tenants: three steps, one after the other. */
@NullMarked
package io.doundo.examples.tenant;

import org.jspecify.annotations.NullMarked;
