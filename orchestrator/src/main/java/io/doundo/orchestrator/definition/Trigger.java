package io.doundo.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/**
 * What starts an orchestration besides its initiators.
 *
 * @param name unique in the orchestration
 */
public record Trigger(String name, TriggerSource source) {

  /** The schedule; null when the trigger is of another kind. */
  public @Nullable Schedule schedule() {
    return source instanceof Schedule schedule ? schedule : null;
  }

  /** The topic and what its records start; null when the trigger is of another kind. */
  public @Nullable EventTrigger event() {
    return source instanceof EventTrigger event ? event : null;
  }

  /** The webhook and what its requests start; null when the trigger is of another kind. */
  public @Nullable WebhookTrigger webhook() {
    return source instanceof WebhookTrigger webhook ? webhook : null;
  }

  /** Whether any of its fields is an expression. */
  public boolean hasExpressions() {
    if (source instanceof Schedule schedule) {
      return schedule.payload() != null;
    }
    if (source instanceof EventTrigger event) {
      return event.mapping().hasExpressions();
    }
    return source instanceof WebhookTrigger webhook && webhook.mapping().hasExpressions();
  }
}
