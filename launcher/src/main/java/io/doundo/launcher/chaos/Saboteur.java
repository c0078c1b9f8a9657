package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.ChaosPlan.Strike;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Does to the running system what a plan says. Strikes may overlap. */
final class Saboteur {

  private final ChaosStack stack;
  private final Repeats repeats;
  private final Registrar registrar;

  Saboteur(ChaosStack stack, Repeats repeats, Registrar registrar) {
    this.stack = stack;
    this.repeats = repeats;
    this.registrar = registrar;
  }

  /**
   * Carries one fault out, to its end.
   *
   * @return what came of it, for the log of the run
   */
  String strike(Strike strike) throws IOException, InterruptedException {
    Duration length = Duration.ofMillis(strike.length());
    switch (strike.fault()) {
      case KILL_ORCHESTRATOR, KILL_WORKER, KILL_BROKER, KILL_REDIS ->
          target(strike).killFor(length, () -> {});
      case RESTART_BROKER, RESTART_REDIS -> target(strike).restartAfter(length);
      case FREEZE_ORCHESTRATOR, FREEZE_WORKER -> target(strike).freezeFor(length);
      case EMPTY_REDIS -> stack.emptyRedis(length);
      case FLUSH_REDIS -> {
        if (!stack.flushRedis()) {
          return "Redis was down";
        }
      }
      case REPEAT_COMMANDS -> {
        return repeats.commands(length) + " commands";
      }
      case REPEAT_ANSWERS -> {
        return repeats.answers(length) + " answers";
      }
      case REPEAT_STARTS -> {
        return repeats.starts(length) + " starts";
      }
      case REREGISTER -> {
        return registrar.registerAnother();
      }
      case ROLLING_RESTART -> rollingRestart();
    }
    return "done";
  }

  private StackProcess target(Strike strike) {
    return switch (strike.fault().target()) {
      case ORCHESTRATOR -> stack.orchestrators().get(strike.target());
      case WORKER -> stack.workers().get(strike.target());
      case BROKER -> stack.brokers().get(strike.target());
      case REDIS -> stack.redis();
      case NONE -> throw new IllegalArgumentException(strike + " has no target process");
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
