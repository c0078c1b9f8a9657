package io.doundo.bench.flow;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/**
 * Reads, once a measurement is over, what is committed of it: each flow must have ended exactly
 * once, rightly, and with the results that its workers gave. Made before the flows start.
 */
public final class EndCheck implements AutoCloseable {

  private static final int SHOWN = 5;

  private final Mode mode;
  private final Consumer<byte[], byte[]> consumer;

  public EndCheck(String bootstrapServers, Mode mode) {
    this.mode = mode;
    this.consumer = BenchClients.consumer(bootstrapServers, true, List.of(EndWatch.topic(mode)));
  }

  /**
   * The problems with the flows of a run; empty when nothing is.
   *
   * @param patience how long the next end is waited for
   */
  public List<String> problems(FlowRun run, Scenario scenario, Duration patience) {
    byte[] ends = new byte[run.flows()];
    int found = 0;
    int repeated = 0;
    List<String> problems = new ArrayList<>();
    long since = System.nanoTime();
    while (found < run.flows() && System.nanoTime() - since < patience.toNanos()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(BenchClients.POLL);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (!isEndOf(run, record)) {
          continue;
        }
        since = System.nanoTime();
        int flow = FlowMessage.number(record.key());
        if (ends[flow]++ > 0) {
          repeated++;
          continue;
        }
        found++;
        String problem =
            mode == Mode.LIMIT
                ? wrongMessage(record.value(), scenario)
                : wrongFlow(record.value(), scenario);
        if (problem != null) {
          problems.add("flow %d %s".formatted(flow, problem));
        }
      }
    }
    List<String> shown = new ArrayList<>(problems.subList(0, Math.min(SHOWN, problems.size())));
    if (problems.size() > SHOWN) {
      shown.add("%d more flows ended wrongly".formatted(problems.size() - SHOWN));
    }
    if (found < run.flows()) {
      shown.add("%d of %d flows were lost".formatted(run.flows() - found, run.flows()));
    }
    if (repeated > 0) {
      shown.add("%d flows ended twice".formatted(repeated));
    }
    return shown;
  }

  private boolean isEndOf(FlowRun run, ConsumerRecord<byte[], byte[]> record) {
    return FlowMessage.run(record.key()) == run.number()
        && (mode == Mode.LIMIT || FlowRecords.isEnd(record.value()));
  }

  private static @Nullable String wrongMessage(byte[] value, Scenario scenario) {
    int hops = FlowMessage.hop(value);
    int expected = scenario.isFan() ? 1 : scenario.hops().size();
    return hops == expected ? null : "passed %d workers, not %d".formatted(hops, expected);
  }

  private static @Nullable String wrongFlow(byte[] value, Scenario scenario) {
    StoredFlow flow = FlowRecords.archived(value).orElseThrow();
    FlowState state = flow.state();
    boolean undone = scenario == Scenario.UNDO;
    FlowStatus expected = undone ? FlowStatus.UNDONE : FlowStatus.COMPLETED;
    if (state.status() != expected) {
      return "ended %s, not %s".formatted(state.status(), expected);
    }
    for (int i = 1; i <= scenario.stepCount(); i++) {
      StepState step = state.steps().get(i - 1);
      boolean fails = undone && i == scenario.stepCount();
      StepStatus status =
          fails ? StepStatus.FAILED : undone ? StepStatus.UNDO_SUCCESS : StepStatus.DO_SUCCESS;
      int attempts = scenario == Scenario.RETRY && i == 2 ? 2 : 1;
      if (step.status() != status || step.outside().doing().sent() != attempts) {
        return "has step %d %s after %d attempts, not %s after %d"
            .formatted(i, step.status(), step.outside().doing().sent(), status, attempts);
      }
      if (!fails && !isResult(step.result(), flow.contents(), scenario, i)) {
        return "has a result of step %d that its worker did not give".formatted(i);
      }
    }
    return null;
  }

  /** Larger results are stored in separate records and known by their size only. */
  private static boolean isResult(
      @Nullable Content result, Map<String, byte[]> contents, Scenario scenario, int step) {
    if (result == null || result.size() != scenario.payloadBytes()) {
      return false;
    }
    byte[] bytes = contents.get(result.digest());
    return bytes == null || FlowMessage.isResult(bytes, step, scenario.isFan() ? 1 : step);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
