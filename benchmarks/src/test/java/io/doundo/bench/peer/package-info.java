/** Tests of other engines: what is told when one is missing, and how their flows are judged. */
@NullMarked
package io.doundo.bench.peer;

import org.jspecify.annotations.NullMarked;
