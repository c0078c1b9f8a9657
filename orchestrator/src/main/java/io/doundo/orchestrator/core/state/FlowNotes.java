package io.doundo.orchestrator.core.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The notes of a flow beside its progress. Most flows have nothing of it.
 *
 * @param turnedBack why a flow is being undone that is parked on the way back; its {@code reason}
 *     says why it is parked
 * @param controls the outcomes of the last control records, newest last
 * @param ignoredAnswers how many answers that changed nothing are in the audit log
 * @param incidents how often something happened that should not
 * @param lastIncident what it was the last time
 */
public record FlowNotes(
    @Nullable String turnedBack,
    List<ControlOutcome> controls,
    int ignoredAnswers,
    int incidents,
    @Nullable String lastIncident) {

  /** Nothing is remembered. */
  public static final FlowNotes NONE = new FlowNotes(null, List.of(), 0, 0, null);

  /** How many control records a flow remembers. */
  public static final int MOST_CONTROLS = 64;

  /** How many answers that changed nothing a flow has in the audit log. */
  public static final int MOST_IGNORED_ANSWERS = 16;

  public FlowNotes {
    controls = List.copyOf(controls);
  }

  /** The outcome of the control record with this id; null when none is remembered. */
  public @Nullable ControlOutcome outcomeOf(String controlId) {
    if (controls.isEmpty()) {
      return null;
    }
    long id = ControlOutcome.idOf(controlId);
    for (int i = controls.size() - 1; i >= 0; i--) {
      if (controls.get(i).id() == id) {
        return controls.get(i);
      }
    }
    return null;
  }
}
