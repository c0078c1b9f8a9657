package io.doundo.bench.measure;

import io.doundo.bench.flow.Mode;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The recovery after {@code kill -9} of the orchestrator in one mode, per repetition.
 *
 * @param waiting flows that waited for their first answer all the time, beside those in flight
 * @param flows how many were in flight at least
 */
public record Recovery(Mode mode, int waiting, int flows, List<RecoverySample> samples) {

  /**
   * One kill; in seconds since then.
   *
   * @param inFlight flows that were on their way
   * @param up when the new process first answered at its port
   * @param ready when it said that it was ready
   * @param firstMove when the first flow moved
   * @param everyPartition when flows of every partition had moved
   * @param allEnded when the last flow had ended
   */
  public record RecoverySample(
      int inFlight,
      double up,
      double ready,
      double firstMove,
      double everyPartition,
      double allEnded) {}

  public Recovery {
    samples = List.copyOf(samples);
  }

  public Spread up() {
    return spread(RecoverySample::up);
  }

  public Spread ready() {
    return spread(RecoverySample::ready);
  }

  public Spread firstMove() {
    return spread(RecoverySample::firstMove);
  }

  public Spread everyPartition() {
    return spread(RecoverySample::everyPartition);
  }

  public Spread allEnded() {
    return spread(RecoverySample::allEnded);
  }

  /** From the first answer of the process to the first flow that moved. */
  public Spread firstMoveAfterUp() {
    return spread(sample -> sample.firstMove() - sample.up());
  }

  /** From the first answer of the process to the end of the last flow. */
  public Spread allEndedAfterUp() {
    return spread(sample -> sample.allEnded() - sample.up());
  }

  private Spread spread(ToDoubleFunction<RecoverySample> figure) {
    return Spread.of(samples.stream().mapToDouble(figure).boxed().toList());
  }
}
