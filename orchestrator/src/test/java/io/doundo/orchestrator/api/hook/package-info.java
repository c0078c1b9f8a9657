/** Tests of the webhooks of triggers. */
@NullMarked
package io.doundo.orchestrator.api.hook;

import org.jspecify.annotations.NullMarked;
