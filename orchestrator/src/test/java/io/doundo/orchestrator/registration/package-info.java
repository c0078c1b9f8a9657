/** Tests of the control plane on a real broker. */
@NullMarked
package io.doundo.orchestrator.registration;

import org.jspecify.annotations.NullMarked;
