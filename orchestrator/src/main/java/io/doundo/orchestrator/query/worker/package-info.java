/**
 * Which workers are attached to the topics of commands: what was declared, what the broker says of
 * the consumer groups, and how long commands have been unanswered. May depend on {@code
 * query.definition} and {@code query.flow}; asks the broker nothing itself.
 */
@NullMarked
package io.doundo.orchestrator.query.worker;

import org.jspecify.annotations.NullMarked;
