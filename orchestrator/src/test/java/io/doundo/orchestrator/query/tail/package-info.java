@NullMarked
package io.doundo.orchestrator.query.tail;

import org.jspecify.annotations.NullMarked;
