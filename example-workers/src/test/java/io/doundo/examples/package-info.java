/** Tests of the example workers. */
@NullMarked
package io.doundo.examples;

import org.jspecify.annotations.NullMarked;
