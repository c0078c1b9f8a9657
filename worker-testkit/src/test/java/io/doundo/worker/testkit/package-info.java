/** Tests of the kit, which are also examples of its use. */
@NullMarked
package io.doundo.worker.testkit;

import org.jspecify.annotations.NullMarked;
