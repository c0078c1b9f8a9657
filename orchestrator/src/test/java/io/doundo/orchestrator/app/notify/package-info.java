/** Tests of the settings of notifications. */
@NullMarked
package io.doundo.orchestrator.app.notify;

import org.jspecify.annotations.NullMarked;
