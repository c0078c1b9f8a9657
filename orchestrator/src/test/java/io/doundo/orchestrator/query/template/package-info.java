/** Tests of the reading of templates. */
@NullMarked
package io.doundo.orchestrator.query.template;

import org.jspecify.annotations.NullMarked;
