package io.doundo.orchestrator.query.index;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes and reads arrays of numbers as bytes. Stateless. */
final class Columns {

  private Columns() {}

  static void write(DataOutputStream out, int[] column, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size * Integer.BYTES);
    buffer.asIntBuffer().put(column, 0, size);
    out.write(buffer.array());
  }

  static void write(DataOutputStream out, long[] column, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size * Long.BYTES);
    buffer.asLongBuffer().put(column, 0, size);
    out.write(buffer.array());
  }

  static void read(DataInputStream in, int[] column, int size) throws IOException {
    ByteBuffer.wrap(bytes(in, size * Integer.BYTES)).asIntBuffer().get(column, 0, size);
  }

  static void read(DataInputStream in, long[] column, int size) throws IOException {
    ByteBuffer.wrap(bytes(in, size * Long.BYTES)).asLongBuffer().get(column, 0, size);
  }

  static byte[] bytes(DataInputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the snapshot ends within a column");
    }
    return bytes;
  }
}
