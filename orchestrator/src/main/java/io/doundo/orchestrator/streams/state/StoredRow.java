package io.doundo.orchestrator.streams.state;

import org.jspecify.annotations.Nullable;

/**
 * What the flows store has under a flowId: a live flow, records that are held for a flow which is
 * not there, or nothing. Immutable.
 */
public final class StoredRow {

  private static final StoredRow NONE = new StoredRow(null, null);

  private final @Nullable StoredFlow decoded;
  private final byte @Nullable [] bytes;

  private StoredRow(@Nullable StoredFlow decoded, byte @Nullable [] bytes) {
    this.decoded = decoded;
    this.bytes = bytes;
  }

  static StoredRow of(StoredFlow flow) {
    return new StoredRow(flow, null);
  }

  static StoredRow of(byte @Nullable [] bytes) {
    return bytes == null ? NONE : new StoredRow(null, bytes);
  }

  /** Whether there is neither a flow nor anything that is held for it. */
  public boolean isEmpty() {
    return decoded == null && bytes == null;
  }

  /** Whether it is a live flow. */
  public boolean isFlow() {
    return decoded != null || (bytes != null && FlowValue.isFlow(bytes));
  }

  /**
   * The live flow.
   *
   * @throws UnreadableValueException when the bytes are damaged
   * @throws NewerSchemaException when a newer release wrote them
   */
  public StoredFlow flow() {
    if (decoded != null) {
      return decoded;
    }
    if (bytes == null) {
      throw new IllegalStateException("there is no flow");
    }
    return FlowStateCodec.decode(bytes);
  }

  /** The held records as they are stored; null for a flow, or for nothing. */
  public byte @Nullable [] held() {
    return isFlow() ? null : bytes;
  }
}
