package io.doundo.orchestrator.streams;

/** The records of the archive topic: an ended flow, or one of its larger contents. Stateless. */
final class ArchiveCodec {

  private static final byte FLOW = 'A';
  private static final byte CONTENT = 'C';

  private ArchiveCodec() {}

  /** One of an archived flow's larger contents; it precedes the flow itself. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  record ArchivedContent(long archivedAt, String digest, byte[] bytes) {}

  /**
   * @param archivedAt under which time it is kept, ms since the epoch
   * @param flow encoded by {@link FlowStateCodec}
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  record ArchivedFlow(long archivedAt, byte[] flow) {}

  static boolean isFlow(byte[] value) {
    return begins(value, FLOW);
  }

  static boolean isContent(byte[] value) {
    return begins(value, CONTENT);
  }

  static byte[] encodeFlow(long archivedAt, byte[] flow) {
    ByteWriter out = new ByteWriter(flow.length + 12);
    out.writeByte(FLOW);
    out.writeNumber(archivedAt);
    out.writeRaw(flow);
    return out.toByteArray();
  }

  static ArchivedFlow decodeFlow(byte[] value) {
    ByteReader in = new ByteReader(value);
    in.readByte();
    return new ArchivedFlow(in.readNumber(), in.readRest());
  }

  static StoredFlow flow(byte[] value) {
    return FlowStateCodec.decode(decodeFlow(value).flow());
  }

  static byte[] encodeContent(long archivedAt, String digest, byte[] bytes) {
    ByteWriter out = new ByteWriter(bytes.length + 32);
    out.writeByte(CONTENT);
    out.writeNumber(archivedAt);
    out.writeDigest(digest);
    out.writeRaw(bytes);
    return out.toByteArray();
  }

  static ArchivedContent decodeContent(byte[] value) {
    ByteReader in = new ByteReader(value);
    in.readByte();
    return new ArchivedContent(in.readNumber(), in.readDigest(), in.readRest());
  }

  private static boolean begins(byte[] value, byte kind) {
    return value.length > 0 && value[0] == kind;
  }
}
