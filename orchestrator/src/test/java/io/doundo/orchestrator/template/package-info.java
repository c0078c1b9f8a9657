/** Tests of templates: how they are read and filled in. */
@NullMarked
package io.doundo.orchestrator.template;

import org.jspecify.annotations.NullMarked;
