/** Tests of the whole application, and of how it is configured and secured. */
@NullMarked
package io.doundo.orchestrator.app.security;

import org.jspecify.annotations.NullMarked;
