/** Tests of the reads. */
@NullMarked
package io.doundo.orchestrator.query;

import org.jspecify.annotations.NullMarked;
