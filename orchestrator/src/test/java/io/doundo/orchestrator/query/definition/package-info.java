/** Tests of the reads of definitions. */
@NullMarked
package io.doundo.orchestrator.query.definition;

import org.jspecify.annotations.NullMarked;
