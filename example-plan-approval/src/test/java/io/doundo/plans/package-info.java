/** The journeys of an approval, with every process real. */
@NullMarked
package io.doundo.plans;

import org.jspecify.annotations.NullMarked;
