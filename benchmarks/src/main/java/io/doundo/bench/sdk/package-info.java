/** The workers of a measured installation on the SDK. May depend on the SDK only. */
@NullMarked
package io.doundo.bench.sdk;

import org.jspecify.annotations.NullMarked;
