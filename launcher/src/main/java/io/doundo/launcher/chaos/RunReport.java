package io.doundo.launcher.chaos;

import java.io.PrintStream;

/** Tells for people what a run has done. */
final class RunReport {

  private RunReport() {}

  static void print(ChaosRun.RunResult outcome, PrintStream out) {
    out.println();
    out.println("Faults:");
    outcome.injected().forEach((fault, count) -> out.printf("  %3d  %s%n", count, fault.title()));
    if (!outcome.notInjected().isEmpty()) {
      out.println("Faults skipped because another one was in progress:");
      outcome.notInjected().forEach(fault -> out.println("       " + fault));
    }
    if (!outcome.endedUnasked().isEmpty()) {
      out.println(
          "Processes that ended on their own and were restarted (a flow may ask its worker to crash):");
      outcome.endedUnasked().forEach((name, count) -> out.printf("  %3d  %s%n", count, name));
    }
    long seconds = outcome.quiescence().toSeconds();
    if (outcome.unsettled().isEmpty()) {
      out.printf("All flows settled %d s after the last fault.%n", seconds);
    } else {
      out.printf("Not settled %d s after the last fault: %s%n", seconds, outcome.unsettled());
    }
  }
}
