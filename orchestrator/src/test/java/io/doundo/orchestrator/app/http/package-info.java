/** Tests of the http worker inside the orchestrator. */
@NullMarked
package io.doundo.orchestrator.app.http;

import org.jspecify.annotations.NullMarked;
