package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.Content;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The contents that a flow's value names, and those that are small enough to stand in it. */
final class ContentCodec {

  private static final int PRESENT = 1;
  private static final int OBJECT = 2;
  private static final int INLINE = 4;

  private ContentCodec() {}

  /** Writes contents into one value; each content occurs once. */
  static final class Writer {

    private final ByteWriter out;
    private final Map<String, byte[]> inline;
    private final Set<String> written = new HashSet<>();

    /**
     * @param inline those contents, by digest, that are to stand in the value itself
     */
    Writer(ByteWriter out, Map<String, byte[]> inline) {
      this.out = out;
      this.inline = inline;
    }

    void write(@Nullable Content content) {
      if (content == null) {
        out.writeByte(0);
        return;
      }
      byte[] bytes = inline.get(content.digest());
      boolean standsHere = bytes != null && written.add(content.digest());
      out.writeByte(PRESENT | (content.object() ? OBJECT : 0) | (standsHere ? INLINE : 0));
      out.writeDigest(content.digest());
      out.writeNumber(content.size());
      if (bytes != null && standsHere) {
        out.writeRaw(bytes);
      }
    }
  }

  /** Passes over a content. */
  static void skip(ByteReader in) {
    int flags = in.readByte();
    if (flags != 0) {
      in.skipDigest();
      int size = in.readInt();
      if ((flags & INLINE) != 0) {
        in.skipRaw(size);
      }
    }
  }

  /** Reads a content; one that stands in the value is added to {@code inline}. */
  static @Nullable Content read(ByteReader in, Map<String, byte[]> inline) {
    int flags = in.readByte();
    if (flags == 0) {
      return null;
    }
    String digest = in.readDigest();
    int size = in.readInt();
    if ((flags & INLINE) != 0) {
      inline.put(digest, in.readRaw(size));
    }
    return new Content(digest, size, (flags & OBJECT) != 0);
  }
}
