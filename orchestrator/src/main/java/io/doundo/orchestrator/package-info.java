/** The orchestrator service; each sub-package says its role and what it may depend on. */
@NullMarked
package io.doundo.orchestrator;

import org.jspecify.annotations.NullMarked;
