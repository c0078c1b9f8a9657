/** The Spring Boot application: properties, wiring, health and metrics. */
@NullMarked
package io.doundo.orchestrator.app;

import org.jspecify.annotations.NullMarked;
