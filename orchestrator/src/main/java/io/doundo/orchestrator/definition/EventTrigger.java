package io.doundo.orchestrator.definition;

/**
 * The records of a topic start flows of an orchestration, or signal them.
 *
 * @param topic any topic that is not one of the orchestrator's own, except {@code
 *     orchestrator.trigger}
 */
public record EventTrigger(String topic, From from, EventMapping mapping) implements TriggerSource {

  /** Which records of the topic count. */
  public enum From {
    /** Those that are appended after the trigger was registered. The default. */
    LATEST,
    /** All that the topic still holds. */
    EARLIEST
  }
}
