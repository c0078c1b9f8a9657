package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.ChaosPlan.PlannedFault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Does to the running system what a plan says. Strikes may overlap. */
final class FaultInjector {

  private final ChaosStack stack;
  private final RecordDuplicator duplicator;
  private final Registrar registrar;

  FaultInjector(ChaosStack stack, RecordDuplicator duplicator, Registrar registrar) {
    this.stack = stack;
    this.duplicator = duplicator;
    this.registrar = registrar;
  }

  /**
   * Carries one fault out, to its end.
   *
   * @return the outcome, for the log of the run
   */
  String inject(PlannedFault planned) throws IOException, InterruptedException {
    Duration length = Duration.ofMillis(planned.length());
    switch (planned.fault()) {
      case KILL_ORCHESTRATOR, KILL_WORKER, KILL_BROKER, KILL_REDIS ->
          target(planned).killFor(length, () -> {});
      case RESTART_BROKER, RESTART_REDIS -> target(planned).restartAfter(length);
      case FREEZE_ORCHESTRATOR, FREEZE_WORKER -> target(planned).freezeFor(length);
      case EMPTY_REDIS -> stack.emptyRedis(length);
      case FLUSH_REDIS -> {
        if (!stack.flushRedis()) {
          return "Redis was down";
        }
      }
      case REPEAT_COMMANDS -> {
        return duplicator.commands(length) + " commands";
      }
      case REPEAT_ANSWERS -> {
        return duplicator.answers(length) + " answers";
      }
      case REPEAT_STARTS -> {
        return duplicator.starts(length) + " starts";
      }
      case REREGISTER -> {
        return registrar.registerAnother();
      }
      case ROLLING_RESTART -> rollingRestart();
    }
    return "done";
  }

  private StackProcess target(PlannedFault planned) {
    return switch (planned.fault().target()) {
      case ORCHESTRATOR -> stack.orchestrators().get(planned.target());
      case WORKER -> stack.workers().get(planned.target());
      case BROKER -> stack.brokers().get(planned.target());
      case REDIS -> stack.redis();
      case NONE -> throw new IllegalArgumentException(planned + " has no target process");
    };
  }

  private void rollingRestart() throws InterruptedException {
    List<StackProcess> all = new ArrayList<>(stack.orchestrators());
    all.addAll(stack.workers());
    for (StackProcess process : all) {
      process.restartAfter(Duration.ZERO);
      process.awaitReadyAgain();
    }
  }
}
