package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.effect.FlowMessage.Begin;
import io.doundo.orchestrator.core.effect.FlowMessage.Handed;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.effect.FlowMessage.PartInput;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one flow tells another, as bytes, with the JSON values that its receiver does not have yet.
 * Stateless.
 */
public final class FlowMessageCodec {

  /** Version 2 adds to what a part tells until when it is kept. */
  private static final int VERSION = 2;

  /**
   * Version 3 adds parts that an operator has paused by themselves; only a message about one is
   * written so, because an earlier release stops at it.
   */
  private static final int WITH_PAUSED = 3;

  /**
   * Version 4 adds to the begin of a part who started the flow at the top over REST; only a begin
   * that names a caller is written so, because an earlier release stops at it.
   */
  private static final int WITH_CALLER = 4;

  private static final int BEGIN = 1;
  private static final int MOVED = 2;
  private static final int ASKED = 3;
  private static final int HANDED = 4;

  private FlowMessageCodec() {}

  /**
   * A message that was read.
   *
   * @param contents the JSON values that came along, by digest
   */
  public record Told(FlowMessage message, Map<String, byte[]> contents) {}

  /**
   * Writes a message.
   *
   * @param contents the JSON values that travel along, by digest
   * @throws IllegalArgumentException when a part is begun whose start payload is not put together
   */
  public static byte[] encode(FlowMessage message, Map<String, byte[]> contents) {
    ByteWriter out = new ByteWriter(256);
    ContentCodec.Writer writer = new ContentCodec.Writer(out, contents);
    out.writeByte(versionOf(message));
    if (message instanceof Begin begin) {
      out.writeByte(BEGIN);
      write(out, begin, writer);
    } else if (message instanceof Moved moved) {
      out.writeByte(MOVED);
      write(out, moved, writer);
    } else if (message instanceof Asked asked) {
      out.writeByte(ASKED);
      PartsCodec.write(out, asked.link());
      out.writeByte(StoredCodes.PARENT_VERBS.codeOf(asked.verb()));
      out.writeNullableText(asked.why());
      out.writeNumber(asked.until());
    } else if (message instanceof Handed handed) {
      out.writeByte(HANDED);
      PartsCodec.write(out, handed.link());
      write(out, handed.signal(), writer);
    } else {
      throw new IllegalArgumentException("no flow tells another " + message);
    }
    return out.toByteArray();
  }

  private static int versionOf(FlowMessage message) {
    if (message instanceof Begin begin && begin.requestedBy() != null) {
      return WITH_CALLER;
    }
    return message instanceof Moved moved && moved.status() == PartStatus.PAUSED
        ? WITH_PAUSED
        : VERSION;
  }

  private static void write(ByteWriter out, Begin begin, ContentCodec.Writer contents) {
    PartInput input = begin.input();
    if (input.merged().size() != 1 || input.items() != null || input.loop() != null) {
      throw new IllegalArgumentException("the start payload is not put together: " + input);
    }
    PartsCodec.write(out, begin.part(), contents);
    out.writeDigest(begin.incarnation());
    contents.write(input.merged().get(0));
    out.writeNullableText(begin.initiator());
    contents.write(begin.headers());
    if (begin.requestedBy() != null) {
      out.writeText(begin.requestedBy());
    }
  }

  private static void write(ByteWriter out, Moved moved, ContentCodec.Writer contents) {
    PartsCodec.write(out, moved.link());
    out.writeNumber(moved.number());
    out.writeByte(StoredCodes.PART_STATUSES.codeOf(moved.status()));
    out.writeBoolean(moved.isAnswer());
    out.writeBoolean(moved.isRefusal());
    // A number that is stored cannot be negative.
    out.writeNumber(moved.keptUntil() - Moved.NOT_TOLD);
    contents.write(moved.result());
    out.writeNullableText(moved.error());
    writeTexts(out, moved.leftStanding());
    out.writeNumber(moved.returned().size());
    moved.returned().forEach(signal -> write(out, signal, contents));
    writeTexts(out, moved.waitsFor());
  }

  /** Who has declined a signal is known to its flow only. */
  private static void write(ByteWriter out, Signal signal, ContentCodec.Writer contents) {
    out.writeText(signal.name());
    out.writeText(signal.controlId());
    contents.write(signal.payload());
    out.writeNullableText(signal.by());
    out.writeNumber(signal.at());
    out.writeBoolean(signal.verified());
    out.writeNullableText(signal.through());
  }

  private static void writeTexts(ByteWriter out, List<String> texts) {
    out.writeNumber(texts.size());
    texts.forEach(out::writeText);
  }

  /**
   * Reads a message.
   *
   * @throws UnreadableValueException when the bytes are damaged
   * @throws NewerSchemaException when a newer release wrote them
   */
  public static Told decode(byte[] value) {
    ByteReader in = new ByteReader(value);
    int version = in.readByte();
    NewerSchemaException.check("a message between flows", version, WITH_CALLER);
    Map<String, byte[]> contents = new HashMap<>();
    int kind = in.readByte();
    FlowMessage message =
        switch (kind) {
          case BEGIN -> readBegin(in, version, contents);
          case MOVED -> readMoved(in, version, contents);
          case ASKED ->
              new Asked(
                  PartsCodec.readLink(in),
                  StoredCodes.PARENT_VERBS.valueOf(in.readByte()),
                  in.readNullableText(),
                  in.readNumber());
          case HANDED -> new Handed(PartsCodec.readLink(in), readSignal(in, contents));
          default ->
              throw NewerSchemaException.unknown("a message between flows of the kind " + kind);
        };
    if (!in.isAtEnd()) {
      throw NewerSchemaException.unknown(
          "the last " + in.remaining() + " bytes of a message between flows");
    }
    return new Told(message, contents);
  }

  private static Begin readBegin(ByteReader in, int version, Map<String, byte[]> contents) {
    PartOf part = PartsCodec.readPart(in, contents);
    String incarnation = in.readDigest();
    Content payload = ContentCodec.read(in, contents);
    if (payload == null) {
      throw new UnreadableValueException("a part is begun without a payload");
    }
    return new Begin(
        part,
        incarnation,
        new PartInput(List.of(payload), null, null),
        in.readNullableText(),
        ContentCodec.read(in, contents),
        version >= WITH_CALLER ? in.readText() : null);
  }

  private static Moved readMoved(ByteReader in, int version, Map<String, byte[]> contents) {
    return new Moved(
        PartsCodec.readLink(in),
        in.readInt(),
        StoredCodes.PART_STATUSES.valueOf(in.readByte()),
        in.readBoolean(),
        in.readBoolean(),
        version == 1 ? Moved.NOT_TOLD : in.readNumber() + Moved.NOT_TOLD,
        ContentCodec.read(in, contents),
        in.readNullableText(),
        readTexts(in),
        readSignals(in, contents),
        readTexts(in));
  }

  private static List<Signal> readSignals(ByteReader in, Map<String, byte[]> contents) {
    int size = in.readInt();
    List<Signal> signals = new ArrayList<>(Math.min(size, in.remaining()));
    for (int i = 0; i < size; i++) {
      signals.add(readSignal(in, contents));
    }
    return signals;
  }

  private static Signal readSignal(ByteReader in, Map<String, byte[]> contents) {
    return new Signal(
        in.readText(),
        in.readText(),
        ContentCodec.read(in, contents),
        in.readNullableText(),
        in.readNumber(),
        in.readBoolean(),
        in.readNullableText(),
        List.of());
  }

  private static List<String> readTexts(ByteReader in) {
    int size = in.readInt();
    List<String> texts = new ArrayList<>(Math.min(size, in.remaining()));
    for (int i = 0; i < size; i++) {
      texts.add(in.readText());
    }
    return texts;
  }
}
