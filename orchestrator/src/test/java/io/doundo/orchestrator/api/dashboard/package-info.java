/** Tests of what dashboards read. */
@NullMarked
package io.doundo.orchestrator.api.dashboard;

import org.jspecify.annotations.NullMarked;
