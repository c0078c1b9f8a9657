/** Tests of the example workers. */
@NullMarked
package io.doundo.examples.external;

import org.jspecify.annotations.NullMarked;
