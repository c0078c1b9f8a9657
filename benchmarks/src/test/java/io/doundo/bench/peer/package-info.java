/** Tests of other engines: the message when one is missing, and how their flows are checked. */
@NullMarked
package io.doundo.bench.peer;

import org.jspecify.annotations.NullMarked;
