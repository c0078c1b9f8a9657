package io.doundo.orchestrator.streams.state;

import java.util.Arrays;

/** The records of the archive topic: an ended flow, or one of its larger contents. Stateless. */
public final class ArchiveCodec {

  private static final byte FLOW = 'A';
  private static final byte CONTENT = 'C';

  private ArchiveCodec() {}

  /** One of an archived flow's larger contents; it precedes the flow itself. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  public record ArchivedContent(long archivedAt, String digest, byte[] bytes) {}

  /**
   * An ended flow as stored in the archive.
   *
   * @param archivedAt under which time it is kept, ms since the epoch
   * @param flow encoded by {@link FlowStateCodec}
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  public record ArchivedFlow(long archivedAt, byte[] flow) {}

  public static boolean isFlow(byte[] value) {
    return begins(value, FLOW);
  }

  public static boolean isContent(byte[] value) {
    return begins(value, CONTENT);
  }

  public static byte[] encodeFlow(long archivedAt, byte[] flow) {
    ByteWriter out = new ByteWriter(16);
    out.writeByte(FLOW);
    out.writeNumber(archivedAt);
    byte[] head = out.toByteArray();
    byte[] value = Arrays.copyOf(head, head.length + flow.length);
    System.arraycopy(flow, 0, value, head.length, flow.length);
    return value;
  }

  public static ArchivedFlow decodeFlow(byte[] value) {
    ByteReader in = new ByteReader(value);
    in.readByte();
    return new ArchivedFlow(in.readNumber(), in.readRest());
  }

  public static StoredFlow flow(byte[] value) {
    return FlowStateCodec.decode(decodeFlow(value).flow());
  }

  public static byte[] encodeContent(long archivedAt, String digest, byte[] bytes) {
    ByteWriter out = new ByteWriter(bytes.length + 32);
    out.writeByte(CONTENT);
    out.writeNumber(archivedAt);
    out.writeDigest(digest);
    out.writeRaw(bytes);
    return out.toByteArray();
  }

  public static ArchivedContent decodeContent(byte[] value) {
    ByteReader in = new ByteReader(value);
    in.readByte();
    return new ArchivedContent(in.readNumber(), in.readDigest(), in.readRest());
  }

  private static boolean begins(byte[] value, byte kind) {
    return value.length > 0 && value[0] == kind;
  }
}
