/** What tests of several packages share. */
@NullMarked
package io.doundo.orchestrator.testing;

import org.jspecify.annotations.NullMarked;
