package io.doundo.orchestrator.streams;

/** What a value of the flows store is, by its first byte. */
final class FlowValue {

  /** A flow; {@link FlowStateCodec}. */
  static final byte FLOW = 'F';

  /** Records that wait for their flow's start. */
  static final byte HELD = 'H';

  private FlowValue() {}

  static boolean isFlow(byte[] value) {
    return value.length > 0 && value[0] == FLOW;
  }
}
