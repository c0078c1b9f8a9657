/** The framework's paths about the server itself. */
@NullMarked
package io.doundo.orchestrator.app.framework;

import org.jspecify.annotations.NullMarked;
