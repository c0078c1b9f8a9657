package io.doundo.orchestrator.play;

import io.doundo.protocol.KnownEffect;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an UNDO would do to a flow: which steps are undone in which order if every UNDO succeeds,
 * and what is not undone. For a flow that is already being undone, it is the rest.
 *
 * @param refusal why the flow cannot be asked to undo; null when it can
 * @param note what else an operator must know; null for nothing
 * @param drain the steps whose answer is awaited first; one that succeeds is undone too
 * @param stages in the order of sending; the steps of one stage are undone side by side
 * @param leftStanding the steps whose effect stays in the outside world
 * @param untouched the other steps
 * @param tooLateAt until when a completed flow can be undone; null where no such limit is known
 */
public record UndoPlan(
    boolean possible,
    @Nullable String refusal,
    @Nullable String note,
    List<Drained> drain,
    List<List<Undone>> stages,
    List<Reason> leftStanding,
    List<Reason> untouched,
    @Nullable Instant tooLateAt) {

  /**
   * A step whose answer is awaited.
   *
   * @param until when its attempt times out
   */
  public record Drained(String step, @Nullable Instant until) {}

  /**
   * A step that is undone.
   *
   * @param knows the known effect of its DO
   * @param served whether somebody reads its UNDO, or, where that is unknown, a service declared to
   *     serve it
   * @param dispatch {@code committed} or {@code immediate}
   * @param commandId the id of the command; null while its payload is not known, or when it was
   *     sent before
   * @param dependsOn the values that its payload waits for
   * @param parts which of its parts are taken back; null for a step without
   */
  public record Undone(
      String step,
      KnownEffect knows,
      boolean served,
      String dispatch,
      @Nullable String commandId,
      List<String> dependsOn,
      @Nullable TakenBack parts) {}

  /**
   * The parts that a step takes back.
   *
   * @param count how many, those included that are on their way back already
   * @param recalled how many of them come back from the archive before the first step is undone
   * @param atOnce how many finished ones are on their way back at a time; those that run are all
   *     asked at once
   * @param opening how many go back first, at the same time
   * @param first the flowIds of these, at most 20, in the order in which they are asked
   */
  public record TakenBack(int count, int recalled, int atOnce, int opening, List<String> first) {
    public TakenBack {
      first = List.copyOf(first);
    }
  }

  /** A step, and the reason for its place in the plan. */
  public record Reason(String step, String why) {}

  public UndoPlan {
    drain = List.copyOf(drain);
    stages = stages.stream().map(List::copyOf).toList();
    leftStanding = List.copyOf(leftStanding);
    untouched = List.copyOf(untouched);
  }
}
