@NullMarked
package io.doundo.orchestrator.api.live;

import org.jspecify.annotations.NullMarked;
