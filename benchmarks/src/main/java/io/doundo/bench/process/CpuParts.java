package io.doundo.bench.process;

/**
 * The CPU time of a process by what its threads are for, µs a flow. The parts add up to the time of
 * the process, which includes threads that ended.
 *
 * @param compilers the just-in-time compilers
 * @param collector the garbage collector's own threads
 * @param rest all other threads that were there at the end
 * @param ended what no thread accounts for: threads that ended meanwhile, and rounding, because
 *     each thread's time is read in units of 10 ms
 */
public record CpuParts(double compilers, double collector, double rest, double ended) {

  /**
   * Splits the time of a process.
   *
   * @param all of the process
   * @param others of all threads but compilers and collector; may exceed what is left by rounding,
   *     and is then cut
   */
  public static CpuParts of(double all, double compilers, double collector, double others) {
    double left = Math.max(0, all - compilers - collector);
    double rest = Math.min(left, others);
    return new CpuParts(compilers, collector, rest, left - rest);
  }

  /** The whole process. */
  public double all() {
    return compilers + collector + rest + ended;
  }

  /** All threads but the compilers. */
  public double withoutCompilers() {
    return collector + rest + ended;
  }
}
