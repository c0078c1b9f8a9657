package io.doundo.history;

import io.doundo.orchestrator.definition.Orchestration;
import java.util.List;
import java.util.Map;

/**
 * The records of a set of flows in Kafka and in the workers' ledgers. Records of one partition, and
 * the lines of one ledger, stand in the order in which they were written.
 *
 * @param definitions by {@code name@hash}
 * @param sent every command that could be seen, those of aborted transactions included
 * @param services who keeps a ledger; the effects of other steps are not judged
 * @param consumed what the orchestrator has committed of its inputs: next offset by {@code
 *     topic-partition}
 * @param quiet how the history ended
 */
public record History(
    Map<String, Orchestration> definitions,
    List<RecordedStart> starts,
    List<RecordedCommand> sent,
    List<RecordedAnswer> answers,
    List<RecordedControl> controls,
    List<RecordedTurn> turns,
    List<Transition> transitions,
    List<RecordedDeadLetter> deadLetters,
    List<UnreadableRecord> unreadable,
    List<LedgerLine> ledger,
    List<StepWorker> services,
    List<FaultWindow> windows,
    Map<String, Long> consumed,
    Quiet quiet) {

  /**
   * When faults stopped, and when the history was read; ms since the epoch. Termination is checked
   * only when there was time for it.
   *
   * @param since 0 when faults had not stopped
   * @param settled whether the flows were given the time to end
   */
  public record Quiet(long since, long readAt, boolean settled) {
    /** Faults may still be at work. */
    public static final Quiet NEVER = new Quiet(0, 0, false);
  }
}
