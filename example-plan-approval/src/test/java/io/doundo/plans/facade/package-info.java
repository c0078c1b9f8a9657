/** Tests of the façade that need no installation. */
@NullMarked
package io.doundo.plans.facade;

import org.jspecify.annotations.NullMarked;
