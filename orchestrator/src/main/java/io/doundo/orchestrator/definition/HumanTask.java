package io.doundo.orchestrator.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The task of a step, for a person.
 *
 * @param texts a JSON object with expressions in it: {@code title}, and {@code assignee} and {@code
 *     candidates} if the document has them; evaluated when the step begins
 * @param form the JSON Schema of the answer, as text; null for any answer
 * @param due how long after the step has begun it is overdue; null for never
 */
public record HumanTask(String texts, @Nullable String form, @Nullable Duration due) {}
