package io.doundo.bench.process;

/** What a thread of a JVM is for, by the name under which the kernel knows it. */
enum ThreadKind {
  /** A just-in-time compiler. */
  COMPILER,
  /**
   * A worker of the parallel collector, or any thread of G1. The VM's own thread, which starts and
   * ends each collection, counts as {@link #OTHER}, because it does much else.
   */
  COLLECTOR,
  OTHER;

  /**
   * The kind of a thread.
   *
   * @param name its first 15 characters, as in {@code /proc}
   */
  static ThreadKind of(String name) {
    if (name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler")) {
      return COMPILER;
    }
    return name.startsWith("GC Thread#") || name.startsWith("G1 ") ? COLLECTOR : OTHER;
  }
}
