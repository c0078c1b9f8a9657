package io.doundo.orchestrator.streams.state;

/** The kind of a value in the flows store, by its first byte. */
public final class FlowValue {

  /** A flow; {@link FlowStateCodec}. */
  public static final byte FLOW = 'F';

  /** Records that wait for their flow's start. */
  public static final byte HELD = 'H';

  /** The state of a schedule, under its own key; {@link TaggedState}. */
  public static final byte SCHEDULE = 'S';

  /** The state of a breaker, under its own key; {@link TaggedState}. */
  public static final byte BREAKER = 'B';

  /** Since when a step is held by a breaker, under a key of its own; {@link HeldStep}. */
  public static final byte HELD_STEP = 'I';

  private FlowValue() {}

  public static boolean isFlow(byte[] value) {
    return value.length > 0 && value[0] == FLOW;
  }
}
