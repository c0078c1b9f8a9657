/** Tests of the verification of webhooks. */
@NullMarked
package io.doundo.orchestrator.trigger.hook;

import org.jspecify.annotations.NullMarked;
