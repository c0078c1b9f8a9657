/** Tests of the example workers. */
@NullMarked
package io.doundo.examples.world;

import org.jspecify.annotations.NullMarked;
