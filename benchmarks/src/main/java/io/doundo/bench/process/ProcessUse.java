package io.doundo.bench.process;

/**
 * What the threads of a process have done between two readings. Those that ended in between are
 * left out, except from the faults.
 *
 * @param compilerMicros CPU time of the just-in-time compilers
 * @param collectorMicros CPU time of the garbage collector's own threads
 * @param otherMicros CPU time of all other threads
 * @param voluntarySwitches how often a thread gave up its core because it had to wait
 * @param involuntarySwitches how often a thread's core was taken from it
 * @param minorFaults first touches of a page of memory
 * @param majorFaults pages that had to be read from a disk
 */
public record ProcessUse(
    double compilerMicros,
    double collectorMicros,
    double otherMicros,
    double voluntarySwitches,
    double involuntarySwitches,
    double minorFaults,
    double majorFaults) {

  /**
   * The CPU time of a flow, split.
   *
   * @param all of the process, µs a flow
   */
  CpuParts parts(double all, int flows) {
    return CpuParts.of(all, compilerMicros / flows, collectorMicros / flows, otherMicros / flows);
  }
}
