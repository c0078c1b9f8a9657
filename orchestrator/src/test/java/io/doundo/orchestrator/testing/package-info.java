/** Classes shared by tests of several packages. */
@NullMarked
package io.doundo.orchestrator.testing;

import org.jspecify.annotations.NullMarked;
