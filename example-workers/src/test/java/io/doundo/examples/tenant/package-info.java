/** Tests of the example workers. */
@NullMarked
package io.doundo.examples.tenant;

import org.jspecify.annotations.NullMarked;
