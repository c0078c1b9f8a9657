/** Tests of sending dead letters again. */
@NullMarked
package io.doundo.orchestrator.resend;

import org.jspecify.annotations.NullMarked;
