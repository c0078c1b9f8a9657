/**
 * Reads the templates, which have a compacted topic of their own. Depends on {@code query} and
 * {@code template}.
 */
@NullMarked
package io.doundo.orchestrator.query.template;

import org.jspecify.annotations.NullMarked;
