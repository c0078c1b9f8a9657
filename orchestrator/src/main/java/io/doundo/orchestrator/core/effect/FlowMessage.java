package io.doundo.orchestrator.core.effect;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one flow tells another. A message is seen by its receiver once, after the decision that sent
 * it is committed, and in the order in which its sender sent them.
 */
public sealed interface FlowMessage {

  /**
   * A parent begins a part.
   *
   * @param incarnation of the part
   * @param initiator of the parent, or null
   * @param headers the body headers of the parent's start, or null
   * @param requestedBy the authenticated caller who started the flow at the top over REST, or null
   */
  record Begin(
      PartOf part,
      String incarnation,
      PartInput input,
      @Nullable String initiator,
      @Nullable Content headers,
      @Nullable String requestedBy)
      implements FlowMessage {}

  /**
   * What a part is started with.
   *
   * @param merged the JSON values to merge, top-level fields, later wins
   * @param items the list whose item at the part's index is added; null for none
   * @param loop the state of the loop, which is added with the number of the round; null for none
   */
  record PartInput(List<Content> merged, @Nullable Content items, @Nullable Content loop) {
    public PartInput {
      merged = List.copyOf(merged);
    }
  }

  /**
   * A part tells its parent how it stands.
   *
   * @param number of the part's transition; rises from one message to the next
   * @param isAnswer whether the parent has asked
   * @param isRefusal whether the part has passed its pivot and does not go back
   * @param keptUntil until when the part is kept, ms since the epoch; 0 while it is not released;
   *     {@link #NOT_TOLD} when the sender does not know
   * @param result what a completed part gives, or null
   * @param error why it stands so, or null; of a paused part who has paused it, or null
   * @param leftStanding the steps whose effect it has left standing
   * @param returned the signals handed to it that no step of it takes, in their order
   * @param waitsFor the names of the signals that it waits for
   */
  record Moved(
      PartLink link,
      int number,
      PartStatus status,
      boolean isAnswer,
      boolean isRefusal,
      long keptUntil,
      @Nullable Content result,
      @Nullable String error,
      List<String> leftStanding,
      List<Signal> returned,
      List<String> waitsFor)
      implements FlowMessage {

    /** Nobody can tell until when the part is kept: there is none, or an older release answers. */
    public static final long NOT_TOLD = -1;

    public Moved {
      leftStanding = List.copyOf(leftStanding);
      returned = List.copyOf(returned);
      waitsFor = List.copyOf(waitsFor);
    }
  }

  /** A parent hands a part a signal that the part waits for. */
  record Handed(PartLink link, Signal signal) implements FlowMessage {}

  /**
   * A parent asks something of a part.
   *
   * @param why the reason of BACK and ABANDON, or null
   * @param until for RELEASE, when the part expires, ms since the epoch; else 0
   */
  record Asked(PartLink link, ParentVerb verb, @Nullable String why, long until)
      implements FlowMessage {}
}
