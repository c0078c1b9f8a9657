package io.doundo.bench.measure;

import io.doundo.bench.flow.Mode;
import java.util.List;

/**
 * A list of flows, and the latency of other flows beside lists.
 *
 * @param items of the list
 * @param atOnce how many of them are on their way at once
 * @param lists of each repetition, one after the other
 * @param burst items of each of the three lists that begin together
 * @param beside the latency of flows of three steps at 50 flows/s, alone and beside these lists
 */
public record Parts(
    Mode mode, int items, int atOnce, List<ListTimes> lists, int burst, List<BesideLists> beside) {

  public Parts {
    lists = List.copyOf(lists);
    beside = List.copyOf(beside);
  }

  /**
   * How long one list took.
   *
   * @param forward seconds from its start until the step behind it was sent
   * @param archived seconds from its start until the flow was archived, all parts being released
   * @param back seconds from the request to undo the completed flow until it was undone
   */
  public record ListTimes(double forward, double archived, double back) {}

  /**
   * Latency of the same flows in ms, alone and beside three lists.
   *
   * @param burstSeconds until the last of the three lists had completed
   */
  public record BesideLists(
      Latency.LatencySample alone, Latency.LatencySample beside, double burstSeconds) {}

  public Spread forward() {
    return Spread.of(lists.stream().map(ListTimes::forward).toList());
  }

  public Spread archived() {
    return Spread.of(lists.stream().map(ListTimes::archived).toList());
  }

  public Spread back() {
    return Spread.of(lists.stream().map(ListTimes::back).toList());
  }

  public Spread aloneP99() {
    return Spread.of(beside.stream().map(pair -> pair.alone().p99()).toList());
  }

  public Spread besideP99() {
    return Spread.of(beside.stream().map(pair -> pair.beside().p99()).toList());
  }

  /** How many times as long a flow takes beside the lists. */
  public Spread p99Ratio() {
    return Spread.of(
        beside.stream().map(pair -> pair.beside().p99() / pair.alone().p99()).toList());
  }
}
