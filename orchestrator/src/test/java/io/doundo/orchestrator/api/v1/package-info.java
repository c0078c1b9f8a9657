/** Tests of the framework's REST surface. */
@NullMarked
package io.doundo.orchestrator.api.v1;

import org.jspecify.annotations.NullMarked;
