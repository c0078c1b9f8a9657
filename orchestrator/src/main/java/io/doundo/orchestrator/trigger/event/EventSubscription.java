package io.doundo.orchestrator.trigger.event;

import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.trigger.TriggerProgram;
import java.util.function.LongSupplier;

/**
 * One event trigger of the newest version of an orchestration.
 *
 * @param active whether its orchestration accepts starts
 * @param program compiled from the trigger
 * @param since since when the orchestration has had this trigger, ms since the epoch; asked only
 *     when a partition meets the trigger for the first time
 */
public record EventSubscription(
    String orchestration,
    String name,
    boolean active,
    EventTrigger trigger,
    TriggerProgram program,
    LongSupplier since) {

  /** Its name among all triggers. */
  public String id() {
    return orchestration + '/' + name;
  }

  /** Whether it does anything now: flows that run are signalled whatever the status says. */
  boolean fires() {
    return active || program.signals();
  }
}
