/** Tests of the approval's flow, with a clock that the test moves. */
@NullMarked
package io.doundo.plans.worker;

import org.jspecify.annotations.NullMarked;
