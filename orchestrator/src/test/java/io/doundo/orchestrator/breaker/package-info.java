@NullMarked
package io.doundo.orchestrator.breaker;

import org.jspecify.annotations.NullMarked;
