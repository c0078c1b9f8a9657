/**
 * The dialect of the workflow framework: its documents become ours before anything else looks at
 * them, and every part keeps the place of the field it was made of. Depends on the located trees
 * only.
 */
@NullMarked
package io.doundo.orchestrator.definition.compiler.framework;

import org.jspecify.annotations.NullMarked;
