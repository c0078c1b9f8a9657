/** Tests of the REST API. */
@NullMarked
package io.doundo.orchestrator.api;

import org.jspecify.annotations.NullMarked;
