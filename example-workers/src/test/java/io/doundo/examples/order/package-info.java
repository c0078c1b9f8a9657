/** Tests of the example workers. */
@NullMarked
package io.doundo.examples.order;

import org.jspecify.annotations.NullMarked;
