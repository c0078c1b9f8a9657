/**
 * What the state of a step with parts is made of: the places that its parts stand at, the link of a
 * part to its parent, and the words between them. Depends on no other part of the state.
 */
@NullMarked
package io.doundo.orchestrator.core.state.parts;

import org.jspecify.annotations.NullMarked;
