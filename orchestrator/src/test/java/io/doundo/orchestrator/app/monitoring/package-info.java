@NullMarked
package io.doundo.orchestrator.app.monitoring;

import org.jspecify.annotations.NullMarked;
