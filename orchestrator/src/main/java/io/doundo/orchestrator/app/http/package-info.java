/** Runs the http worker in the orchestrator's process. The only package that knows it. */
@NullMarked
package io.doundo.orchestrator.app.http;

import org.jspecify.annotations.NullMarked;
