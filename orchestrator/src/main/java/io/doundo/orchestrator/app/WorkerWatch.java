package io.doundo.orchestrator.app;

import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.tail.FlowFigures;
import io.doundo.orchestrator.query.tail.FlowFigures.Unanswered;
import io.doundo.orchestrator.query.worker.WorkerPage.Attached;
import io.doundo.orchestrator.query.worker.WorkerPresence;
import io.doundo.orchestrator.query.worker.WorkerPresence.Command;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every ten seconds which workers are attached, in a thread of its own. Every instance looks,
 * because any of them may be asked why a flow does not move.
 */
final class WorkerWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final WorkerPresence workers;
  private final @Nullable FlowFigures flows;
  private final GroupsProbe probe;
  private final MultiGauge attached;
  private final StepSeriesLimit limit;
  private final Clock clock;
  private final GaugeRefresh refresh = new GaugeRefresh("doundo-worker-watch");

  /**
   * @param flows null when flows are not listed
   */
  WorkerWatch(
      WorkerPresence workers,
      @Nullable FlowFigures flows,
      GroupsProbe probe,
      MeterRegistry meters,
      StepSeriesLimit limit,
      Clock clock) {
    this.workers = workers;
    this.flows = flows;
    this.probe = probe;
    this.limit = limit;
    this.clock = clock;
    this.attached =
        MultiGauge.builder("doundo.step.attached")
            .description("Whether a worker reads the step's commands; absent while unknown")
            .register(meters);
    refresh.every(PERIOD, this::look);
  }

  /** Looks now, and not only when the period is over. */
  synchronized void look() {
    List<Command> commands;
    try {
      commands = workers.commands();
    } catch (ReadsUnavailableException e) {
      LOG.debug("the definitions cannot be read yet", e);
      return;
    }
    Set<String> topics = commands.stream().map(Command::topic).collect(Collectors.toSet());
    long now = clock.millis();
    workers.saw(probe.look(topics, clock.instant()), unanswered(now));
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (Command command : commands) {
      Attached known = workers.attached(command, now);
      // One series cannot speak for all steps beyond the limit.
      if (known != Attached.UNKNOWN && limit.isNamed(command.orchestration(), command.step())) {
        rows.add(
            MultiGauge.Row.of(
                Tags.of(
                    "orchestration", command.orchestration(),
                    "step", command.step(),
                    "action", command.action().name()),
                known == Attached.YES ? 1 : 0));
      }
    }
    attached.register(rows, true);
  }

  private List<Unanswered> unanswered(long now) {
    try {
      return flows == null ? List.of() : flows.of(partition -> true, now).unanswered();
    } catch (RuntimeException e) {
      // Who is attached is known all the same.
      LOG.warn("The unanswered commands could not be looked up", e);
      return List.of();
    }
  }

  @Override
  public void close() {
    refresh.close();
    probe.close();
  }
}
