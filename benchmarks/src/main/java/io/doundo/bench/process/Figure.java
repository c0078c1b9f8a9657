package io.doundo.bench.process;

/**
 * One figure of a repetition, beside its throughput.
 *
 * @param name such as {@code broker: produce requests a flow}; the same in each repetition
 */
public record Figure(Kind kind, String name, double value) {

  /** What a figure says something about. The order is that of reports. */
  public enum Kind {
    /** How much travels together, and how often threads sleep and wake for it. */
    BATCHES("batches"),
    COMPILERS("compilers"),
    COLLECTORS("collectors"),
    /** What the machine and its other processes do. */
    MACHINE("machine"),
    /** What a flow or a request costs, which follows from all others. */
    COST("cost");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
