package io.doundo.orchestrator.streams;

/**
 * The records of the archive topic: an ended flow, one of its larger contents, or the request to
 * give a flow back for a record that came after its end. Stateless.
 */
final class ArchiveCodec {

  private static final byte FLOW = 'A';
  private static final byte CONTENT = 'C';
  private static final byte RECALL = 'R';

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

  static boolean isRecall(byte[] value) {
    return begins(value, RECALL);
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

  static byte[] encodeRecall(InboundRecord record) {
    ByteWriter out = new ByteWriter(record.size());
    out.writeByte(RECALL);
    record.writeTo(out);
    return out.toByteArray();
  }

  static InboundRecord decodeRecall(byte[] value) {
    ByteReader in = new ByteReader(value);
    in.readByte();
    return InboundRecord.readFrom(in);
  }

  private static boolean begins(byte[] value, byte kind) {
    return value.length > 0 && value[0] == kind;
  }
}
