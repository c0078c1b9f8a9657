/** Several flows that talk to each other: journeys and a simulation of the pure core. */
@NullMarked
package io.doundo.orchestrator.core.family;

import org.jspecify.annotations.NullMarked;
