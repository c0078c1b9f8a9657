package io.doundo.launcher.chaos;

import java.io.PrintStream;

/** Tells for people what a run has done. */
final class RunReport {

  private RunReport() {}

  static void print(ChaosRun.Outcome outcome, PrintStream out) {
    out.println();
    out.println("Faults:");
    outcome.struck().forEach((fault, count) -> out.printf("  %3d  %s%n", count, fault.title()));
    if (!outcome.notStruck().isEmpty()) {
      out.println("Could not strike, because another fault was in the way:");
      outcome.notStruck().forEach(fault -> out.println("       " + fault));
    }
    if (!outcome.endedUnasked().isEmpty()) {
      out.println("Ended by themselves and were started again (flows may ask a worker to crash):");
      outcome.endedUnasked().forEach((name, count) -> out.printf("  %3d  %s%n", count, name));
    }
    out.printf("All was quiet %d s after the last fault.%n", outcome.settling().toSeconds());
    if (!outcome.unsettled().isEmpty()) {
      out.println("Not settled by then: " + outcome.unsettled());
    }
  }
}
