package io.doundo.bench.process;

import java.util.List;

/** What a thread of a JVM is for, by the name under which the kernel knows it. */
enum ThreadKind {
  /** A just-in-time compiler. */
  COMPILER("C1 Compiler", "C2 Compiler"),
  /**
   * A worker of the parallel collector, or any thread of G1. The VM's own thread, which starts and
   * ends each collection, counts as {@link #OTHER}, because it does much else.
   */
  COLLECTOR("GC Thread#", "G1 "),
  OTHER;

  private final List<String> beginnings;

  ThreadKind(String... beginnings) {
    this.beginnings = List.of(beginnings);
  }

  /**
   * The kind of a thread.
   *
   * @param name its first 15 characters, as in {@code /proc}
   */
  static ThreadKind of(String name) {
    for (ThreadKind kind : values()) {
      if (kind.beginnings.stream().anyMatch(name::startsWith)) {
        return kind;
      }
    }
    return OTHER;
  }
}
