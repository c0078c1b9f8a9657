package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.parts.EarlierPart;
import io.doundo.orchestrator.core.state.parts.PartLife;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartSets;
import io.doundo.orchestrator.core.state.parts.PartWait;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.core.state.parts.PausedPart;
import io.doundo.orchestrator.core.state.parts.Ranges;
import io.doundo.orchestrator.definition.DefinitionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a step, and the place of a part in its parent, in a flow's value. Stateless. */
final class PartsCodec {

  /** So many bounds are always written as they are. */
  private static final int FEW_BOUNDS = 64;

  private PartsCodec() {}

  static void write(ByteWriter out, PartsState parts, ContentCodec.Writer contents) {
    out.writeNumber(parts.attempt());
    out.writeByte(StoredCodes.PARTS_PHASES.codeOf(parts.phase()));
    out.writeNumber(parts.plan().total());
    writeDefinition(out, parts.plan().flow());
    contents.write(parts.plan().input());
    contents.write(parts.plan().captured());
    contents.write(parts.plan().items());
    out.writeNumber(parts.next());
    for (PartPlace place : StoredCodes.PART_PLACES) {
      write(out, parts.sets().at(place));
    }
    write(out, parts.parked());
    write(out, parts.repairing());
    write(out, parts.released());
    write(out, parts.awaited());
    out.writeNumber(parts.winner() + 1L);
    out.writeNumber(parts.nextAt());
    contents.write(parts.loop());
    out.writeNumber(parts.waits().size());
    for (PartWait wait : parts.waits()) {
      out.writeNumber(wait.index());
      out.writeText(wait.signal());
    }
    out.writeNumber(parts.kept());
    out.writeBoolean(parts.standing());
  }

  static void writePaused(ByteWriter out, List<PausedPart> paused) {
    out.writeNumber(paused.size());
    for (PausedPart part : paused) {
      out.writeNumber(part.attempt());
      out.writeNumber(part.index());
      out.writeNumber(part.since());
      out.writeNullableText(part.by());
    }
  }

  private static List<PausedPart> readPaused(ByteReader in) {
    int size = in.readInt();
    List<PausedPart> paused = new ArrayList<>(Math.min(size, in.remaining()));
    for (int i = 0; i < size; i++) {
      paused.add(
          new PausedPart(in.readInt(), in.readInt(), in.readNumber(), in.readNullableText()));
    }
    return paused;
  }

  static void write(ByteWriter out, List<EarlierPart> earlier) {
    out.writeNumber(earlier.size());
    for (EarlierPart part : earlier) {
      out.writeNumber(part.attempt());
      out.writeNumber(part.index());
    }
  }

  private static List<EarlierPart> readEarlier(ByteReader in) {
    int size = in.readInt();
    List<EarlierPart> earlier = new ArrayList<>(Math.min(size, in.remaining()));
    for (int i = 0; i < size; i++) {
      earlier.add(new EarlierPart(in.readInt(), in.readInt()));
    }
    return earlier;
  }

  /**
   * Reads the parts of a step.
   *
   * @param hasEarlier whether parts of earlier attempts follow
   * @param hasPaused whether parts that were paused by themselves follow
   */
  static PartsState read(
      ByteReader in, Map<String, byte[]> contents, boolean hasEarlier, boolean hasPaused) {
    int attempt = in.readInt();
    PartsPhase phase = StoredCodes.PARTS_PHASES.valueOf(in.readByte());
    PartsPlan plan =
        new PartsPlan(
            in.readInt(),
            readDefinition(in),
            ContentCodec.read(in, contents),
            ContentCodec.read(in, contents),
            ContentCodec.read(in, contents));
    int next = in.readInt();
    Map<PartPlace, Ranges> places = new EnumMap<>(PartPlace.class);
    for (PartPlace place : StoredCodes.PART_PLACES) {
      places.put(place, readRanges(in));
    }
    return new PartsState(
        attempt,
        phase,
        plan,
        next,
        new PartSets(places),
        readRanges(in),
        readRanges(in),
        readRanges(in),
        readRanges(in),
        in.readInt() - 1,
        in.readNumber(),
        ContentCodec.read(in, contents),
        readWaits(in),
        in.readNumber(),
        in.readBoolean(),
        hasEarlier ? readEarlier(in) : List.of(),
        hasPaused ? readPaused(in) : List.of());
  }

  private static List<PartWait> readWaits(ByteReader in) {
    int size = in.readInt();
    List<PartWait> waits = new ArrayList<>(Math.min(size, in.remaining()));
    for (int i = 0; i < size; i++) {
      waits.add(new PartWait(in.readInt(), in.readText()));
    }
    return waits;
  }

  /**
   * Each bound as its distance from the one before; one bit a number when that is shorter, so that
   * ten thousand parts of which every second one failed take little more than a kilobyte.
   */
  private static void write(ByteWriter out, Ranges ranges) {
    int[] bounds = ranges.bounds();
    if (bounds.length > FEW_BOUNDS) {
      int first = bounds[0];
      int bytes = (bounds[bounds.length - 1] - first + Byte.SIZE - 1) / Byte.SIZE;
      if (bytes < bounds.length) {
        writeBits(out, ranges, first, bytes);
        return;
      }
    }
    out.writeNumber(bounds.length);
    int before = 0;
    for (int bound : bounds) {
      out.writeNumber((long) bound - before);
      before = bound;
    }
  }

  /** There is an even number of bounds; an odd one says how many bytes of bits follow. */
  private static void writeBits(ByteWriter out, Ranges ranges, int first, int bytes) {
    byte[] bits = new byte[bytes];
    ranges
        .numbers()
        .map(number -> number - first)
        .forEach(bit -> bits[bit / Byte.SIZE] |= (byte) (1 << (bit % Byte.SIZE)));
    out.writeNumber(2L * bytes + 1);
    out.writeNumber(first);
    for (byte some : bits) {
      out.writeByte(some);
    }
  }

  private static Ranges readBits(ByteReader in, int bytes) {
    long next = in.readInt();
    if (bytes > in.remaining() || next + (long) bytes * Byte.SIZE > Integer.MAX_VALUE) {
      throw new UnreadableValueException("the value says that " + bytes + " bytes of bits follow");
    }
    int[] bounds = new int[bytes * Byte.SIZE + 1];
    int length = 0;
    for (int i = 0; i < bytes; i++) {
      int some = in.readByte();
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        boolean isThere = ((some >> bit) & 1) == 1;
        if (isThere == (length % 2 == 0)) {
          bounds[length++] = (int) next;
        }
        next++;
      }
    }
    if (length % 2 == 1) {
      bounds[length++] = (int) next;
    }
    return Ranges.ofBounds(Arrays.copyOf(bounds, length));
  }

  private static Ranges readRanges(ByteReader in) {
    int length = in.readInt();
    if (length % 2 == 1) {
      return readBits(in, length / 2);
    }
    if (length > in.remaining()) {
      throw new UnreadableValueException("the value says that " + length + " bounds follow");
    }
    try {
      int[] bounds = new int[length];
      int before = 0;
      for (int i = 0; i < length; i++) {
        before = Math.addExact(before, in.readInt());
        bounds[i] = before;
      }
      return Ranges.ofBounds(bounds);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UnreadableValueException(String.valueOf(e.getMessage()));
    }
  }

  /** The place of a part in its parent; absent for a flow that stands alone. */
  static void write(
      ByteWriter out, @Nullable PartOf partOf, PartLife life, ContentCodec.Writer contents) {
    out.writeBoolean(partOf != null);
    if (partOf != null) {
      write(out, partOf, contents);
    }
    out.writeBoolean(life.paused());
    out.writeNumber(life.keptUntil());
  }

  static @Nullable PartOf readPartOf(ByteReader in, Map<String, byte[]> contents) {
    return in.readBoolean() ? readPart(in, contents) : null;
  }

  static void write(ByteWriter out, PartOf partOf, ContentCodec.Writer contents) {
    write(out, partOf.link());
    out.writeText(partOf.root());
    out.writeNumber(partOf.depth());
    writeDefinition(out, partOf.definition());
    out.writeNullableText(partOf.path());
    contents.write(partOf.captured());
  }

  static PartOf readPart(ByteReader in, Map<String, byte[]> contents) {
    PartLink link = readLink(in);
    String root = in.readText();
    int depth = in.readInt();
    DefinitionId definition = readDefinition(in);
    if (definition == null) {
      throw new UnreadableValueException("part of " + link.flowId() + " has no definition");
    }
    String path = in.readNullableText();
    Content captured = ContentCodec.read(in, contents);
    return new PartOf(link, root, depth, definition, path, captured);
  }

  static void write(ByteWriter out, PartLink link) {
    out.writeText(link.flowId());
    out.writeDigest(link.incarnation());
    out.writeText(link.step());
    out.writeNumber(link.attempt());
    out.writeNumber(link.index());
  }

  static PartLink readLink(ByteReader in) {
    return new PartLink(in.readText(), in.readDigest(), in.readText(), in.readInt(), in.readInt());
  }

  static PartLife readLife(ByteReader in) {
    return PartLife.of(in.readBoolean(), in.readNumber());
  }

  private static void writeDefinition(ByteWriter out, @Nullable DefinitionId definition) {
    out.writeNullableText(definition == null ? null : definition.name());
    if (definition != null) {
      out.writeText(definition.hash());
    }
  }

  private static @Nullable DefinitionId readDefinition(ByteReader in) {
    String name = in.readNullableText();
    return name == null ? null : new DefinitionId(name, in.readText());
  }
}
