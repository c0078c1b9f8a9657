package io.doundo.bench.process;

/**
 * The line of a {@code stat} file in {@code /proc}, of a process or of one of its threads. That of
 * a process includes its threads that have ended.
 *
 * @param name the first 15 characters of it
 * @param ticks CPU time, in the kernel's units of 10 ms
 * @param startedAt in the same units since the machine was started
 */
record ProcStat(String name, long minorFaults, long majorFaults, long ticks, long startedAt) {

  /** The kernel's unit of time in {@code /proc}, on every Linux that runs Java. */
  static final double MICROS_PER_TICK = 10_000;

  /** Places of the fields behind the name, counted from 0. */
  private static final int MINOR_FAULTS = 7;

  private static final int MAJOR_FAULTS = 9;
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;
  private static final int STARTED_AT = 19;

  /**
   * Reads a line.
   *
   * @param line such as {@code 17 (C2 CompilerThre) S …}; a name may contain parentheses and blanks
   */
  static ProcStat parsed(String line) {
    int end = line.lastIndexOf(')');
    String[] fields = line.substring(end + 2).strip().split(" ", -1);
    return new ProcStat(
        line.substring(line.indexOf('(') + 1, end),
        Long.parseLong(fields[MINOR_FAULTS]),
        Long.parseLong(fields[MAJOR_FAULTS]),
        Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]),
        Long.parseLong(fields[STARTED_AT]));
  }
}
