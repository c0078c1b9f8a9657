/** The console in a real browser, and its words. */
@NullMarked
package io.doundo.orchestrator.app.console;

import org.jspecify.annotations.NullMarked;
