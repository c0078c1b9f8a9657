package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowOrigin;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.FlowTimes;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.TurnState;
import io.doundo.orchestrator.core.state.parts.PartLife;
import io.doundo.orchestrator.definition.DefinitionId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flow's state as bytes: schema version, then what {@link FlowHead} shows, then the rest with the
 * contents that are small enough to stand in it. Stateless.
 */
public final class FlowStateCodec {

  /** The newest schema this code writes; it reads this one and all before it. */
  static final int VERSION = 3;

  /** The first version: steps as rows, control ids as text, neither headers nor notes. */
  private static final int FIRST = 1;

  /** The last version in which a step was a row of fields without a length. */
  private static final int LAST_WITH_ROWS = 2;

  /** After the steps: the flow has neither headers nor notes, as nearly all. */
  private static final int NOTHING_MORE = 0;

  /** After the steps: headers and notes follow. */
  private static final int HEADERS_AND_NOTES = 1;

  /** After the steps: headers, notes and signals follow. */
  private static final int SIGNALS_TOO = 2;

  /** The same, and of each signal whether it is verified, and through whom it came. */
  private static final int SENDERS_TOO = 3;

  /** The same, and of each signal the steps that do not accept it. */
  private static final int DECLINED_TOO = 4;

  /** The same, and what the flow is and was told as a part. */
  private static final int PART_TOO = 5;

  /**
   * After the steps: who started the flow over REST; then one of the tags above and its content.
   */
  private static final int CALLER_FIRST = 6;

  /** The maximum size of a remembered control record without its refusal's reason. */
  private static final int OUTCOME_BYTES = 8 + 5 + 2;

  /** The size of a kept signal without its texts and payload: lengths, the reference, the time. */
  private static final int SIGNAL_BYTES = 8 + 24 + 8;

  /** Flows are encoded one after the other, and copied once. */
  private static final ThreadLocal<ByteWriter> WRITER =
      ThreadLocal.withInitial(() -> new ByteWriter(4_096));

  private FlowStateCodec() {}

  /**
   * The bytes under which a flow is stored.
   *
   * @param contents those contents, by digest, that are to stand in the value itself
   */
  public static byte[] encode(
      FlowState state, @Nullable String searchValue, Map<String, byte[]> contents) {
    return write(state, searchValue, contents).toByteArray();
  }

  /**
   * The same, with the flow that the bytes are decoded to.
   *
   * @param contents those contents, by digest, that are to stand in the value itself
   */
  public static EncodedFlow encodeFlow(
      FlowState state, @Nullable String searchValue, Map<String, byte[]> contents) {
    ByteWriter out = write(state, searchValue, contents);
    return new EncodedFlow(
        out.toByteArray(), out.isExact() ? new StoredFlow(state, searchValue, contents) : null);
  }

  /** The thread's own writer, to be copied before the thread encodes the next flow. */
  private static ByteWriter write(
      FlowState state, @Nullable String searchValue, Map<String, byte[]> contents) {
    ByteWriter out = WRITER.get();
    out.clear();
    ContentCodec.Writer contentWriter = new ContentCodec.Writer(out, contents);
    FlowOrigin origin = state.origin();
    out.writeByte(FlowValue.FLOW);
    out.writeByte(VERSION);
    writeHead(out, state, searchValue);
    out.writeNullableText(state.reason());
    out.writeNullableText(state.cancelReason());
    out.writeNullableText(origin.initiator());
    contentWriter.write(origin.payload());
    out.writeDigest(origin.digest());
    out.writeNumber(state.times().wakeAt());
    out.writeNumber(state.turns().sent());
    out.writeNumber(state.turns().undo());
    out.writeBoolean(state.turns().undoCommitted());
    out.writeNumber(state.steps().size());
    for (StepState step : state.steps()) {
      StepStateCodec.write(out, step, contentWriter);
    }
    if (origin.requestedBy() != null) {
      out.writeByte(CALLER_FIRST);
      out.writeText(origin.requestedBy());
    }
    boolean hasSignals = !state.signals().equals(FlowSignals.NONE);
    boolean isPart = origin.partOf() != null || !state.life().equals(PartLife.NONE);
    if (hasSignals || isPart) {
      int tag = isPart ? PART_TOO : tagOf(state.signals().kept());
      out.writeByte(tag);
      contentWriter.write(origin.headers());
      writeNotes(out, state.notes());
      writeSignals(out, state.signals(), contentWriter, tag);
      if (isPart) {
        PartsCodec.write(out, origin.partOf(), state.life(), contentWriter);
      }
    } else if (origin.headers() == null && state.notes().equals(FlowNotes.NONE)) {
      out.writeByte(NOTHING_MORE);
    } else {
      out.writeByte(HEADERS_AND_NOTES);
      contentWriter.write(origin.headers());
      writeNotes(out, state.notes());
    }
    return out;
  }

  /**
   * The approximate size in bytes of a flow's notes and signals in its value, without the payloads
   * of the signals.
   */
  public static int sizeOf(FlowNotes notes, FlowSignals signals) {
    int size = length(notes.turnedBack()) + length(notes.lastIncident());
    size += sizeOf(notes.controls()) + sizeOf(signals.seen());
    for (Signal signal : signals.kept()) {
      size +=
          SIGNAL_BYTES
              + length(signal.name())
              + length(signal.controlId())
              + length(signal.by())
              + length(signal.through())
              + signal.declinedBy().size();
    }
    return size;
  }

  private static int sizeOf(List<ControlOutcome> outcomes) {
    int size = 0;
    for (ControlOutcome outcome : outcomes) {
      size += OUTCOME_BYTES + length(outcome.refusal());
    }
    return size;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static void writeNotes(ByteWriter out, FlowNotes notes) {
    out.writeNullableText(notes.turnedBack());
    writeOutcomes(out, notes.controls());
    out.writeNumber(notes.ignoredAnswers());
    out.writeNumber(notes.incidents());
    out.writeNullableText(notes.lastIncident());
  }

  private static void writeOutcomes(ByteWriter out, List<ControlOutcome> outcomes) {
    out.writeNumber(outcomes.size());
    for (ControlOutcome outcome : outcomes) {
      out.writeRaw(ByteBuffer.allocate(Long.BYTES).putLong(outcome.id()).array());
      out.writeNumber(outcome.transition());
      out.writeNullableText(outcome.refusal());
    }
  }

  private static FlowNotes readNotes(ByteReader in) {
    String turnedBack = in.readNullableText();
    List<ControlOutcome> controls = readOutcomes(in);
    return new FlowNotes(turnedBack, controls, in.readInt(), in.readInt(), in.readNullableText());
  }

  private static List<ControlOutcome> readOutcomes(ByteReader in) {
    int size = in.readInt();
    List<ControlOutcome> outcomes = new ArrayList<>(Math.min(size, FlowNotes.MOST_CONTROLS));
    for (int i = 0; i < size; i++) {
      long id = ByteBuffer.wrap(in.readRaw(Long.BYTES)).getLong();
      outcomes.add(new ControlOutcome(id, in.readInt(), in.readNullableText()));
    }
    return outcomes;
  }

  /** The smallest form that holds all of the signals, so that older versions can read most. */
  private static int tagOf(List<Signal> signals) {
    int tag = SIGNALS_TOO;
    for (Signal signal : signals) {
      if (!signal.declinedBy().isEmpty()) {
        return DECLINED_TOO;
      }
      if (signal.verified() || signal.through() != null) {
        tag = SENDERS_TOO;
      }
    }
    return tag;
  }

  private static void writeSignals(
      ByteWriter out, FlowSignals signals, ContentCodec.Writer contents, int tag) {
    out.writeNumber(signals.kept().size());
    for (Signal signal : signals.kept()) {
      out.writeText(signal.name());
      out.writeText(signal.controlId());
      contents.write(signal.payload());
      out.writeNullableText(signal.by());
      out.writeNumber(signal.at());
      if (tag >= SENDERS_TOO) {
        out.writeBoolean(signal.verified());
        out.writeNullableText(signal.through());
      }
      if (tag >= DECLINED_TOO) {
        out.writeNumber(signal.declinedBy().size());
        signal.declinedBy().forEach(out::writeNumber);
      }
    }
    writeOutcomes(out, signals.seen());
  }

  private static FlowSignals readSignals(ByteReader in, Map<String, byte[]> contents, int tag) {
    int size = in.readInt();
    List<Signal> kept = new ArrayList<>(Math.min(size, FlowSignals.MOST_KEPT));
    for (int i = 0; i < size; i++) {
      String name = in.readText();
      String controlId = in.readText();
      Content payload = ContentCodec.read(in, contents);
      String by = in.readNullableText();
      long at = in.readNumber();
      boolean verified = tag >= SENDERS_TOO && in.readBoolean();
      String through = tag >= SENDERS_TOO ? in.readNullableText() : null;
      List<Integer> declinedBy = tag >= DECLINED_TOO ? readIndexes(in) : List.of();
      kept.add(new Signal(name, controlId, payload, by, at, verified, through, declinedBy));
    }
    List<ControlOutcome> seen = readOutcomes(in);
    return kept.isEmpty() && seen.isEmpty() ? FlowSignals.NONE : new FlowSignals(kept, seen);
  }

  private static List<Integer> readIndexes(ByteReader in) {
    int size = in.readInt();
    List<Integer> indexes = new ArrayList<>(Math.min(size, in.remaining()));
    for (int i = 0; i < size; i++) {
      indexes.add(in.readInt());
    }
    return indexes;
  }

  /** The memory of the first version: the ids of applied control records. */
  private static FlowNotes notesOf(List<String> controlIds) {
    return controlIds.isEmpty()
        ? FlowNotes.NONE
        : new FlowNotes(
            null,
            controlIds.stream()
                .map(id -> new ControlOutcome(ControlOutcome.idOf(id), 0, null))
                .toList(),
            0,
            0,
            null);
  }

  /**
   * Reads a stored flow, of this version or an earlier one.
   *
   * @throws UnreadableValueException when the bytes are damaged
   * @throws NewerSchemaException when a newer release wrote them
   */
  public static StoredFlow decode(byte[] value) {
    ByteReader in = open(value);
    int version = value[1];
    FlowHead head = readHead(in);
    Map<String, byte[]> contents = new HashMap<>();
    String reason = in.readNullableText();
    String cancelReason = in.readNullableText();
    String initiator = in.readNullableText();
    Content start = ContentCodec.read(in, contents);
    if (start == null) {
      throw new UnreadableValueException("flow " + head.flowId() + " has no start payload");
    }
    String startDigest = in.readDigest();
    long wakeAt = in.readNumber();
    TurnState turns = TurnState.of(in.readInt(), in.readInt(), in.readBoolean());
    List<StepState> steps = readSteps(in, version, contents);
    Content headers = null;
    FlowNotes notes = FlowNotes.NONE;
    FlowSignals signals = FlowSignals.NONE;
    PartOf partOf = null;
    String requestedBy = null;
    PartLife life = PartLife.NONE;
    if (version == FIRST) {
      notes = notesOf(readControlIds(in));
    } else {
      int more = more(in, version);
      if (more == CALLER_FIRST) {
        requestedBy = in.readText();
        more = more(in, version);
        if (more == CALLER_FIRST) {
          throw new UnreadableValueException("flow " + head.flowId() + " names its caller twice");
        }
      }
      if (more != NOTHING_MORE) {
        headers = ContentCodec.read(in, contents);
        notes = readNotes(in);
      }
      if (more >= SIGNALS_TOO) {
        signals = readSignals(in, contents, more);
      }
      if (more == PART_TOO) {
        partOf = PartsCodec.readPartOf(in, contents);
        life = PartsCodec.readLife(in);
      }
    }
    if (version > LAST_WITH_ROWS && !in.isAtEnd()) {
      throw NewerSchemaException.unknown(
          "the last " + in.remaining() + " bytes of flow " + head.flowId());
    }
    FlowOrigin origin =
        new FlowOrigin(
            head.flowId(),
            head.incarnation(),
            head.orchestrationName(),
            initiator,
            start,
            headers,
            startDigest,
            head.startedAt(),
            partOf,
            requestedBy);
    FlowState state =
        new FlowState(
            origin,
            head.definition(),
            head.status(),
            head.parkReason(),
            head.paused(),
            reason,
            cancelReason,
            new FlowTimes(head.updatedAt(), head.endedAt(), head.deadlineAt(), wakeAt),
            turns,
            head.transitions(),
            steps,
            notes,
            signals,
            life);
    return new StoredFlow(state, head.searchValue(), contents);
  }

  private static List<StepState> readSteps(
      ByteReader in, int version, Map<String, byte[]> contents) {
    int size = readSize(in);
    StepState[] steps = new StepState[size];
    for (int i = 0; i < size; i++) {
      steps[i] =
          version > LAST_WITH_ROWS
              ? StepStateCodec.read(in, contents)
              : StepStateCodec.readRow(in, contents);
    }
    return List.of(steps);
  }

  private static int readSize(ByteReader in) {
    int size = in.readInt();
    if (size > in.remaining() / StepStateCodec.LEAST_BYTES) {
      throw new UnreadableValueException(
          "the value says that " + size + " steps follow, but ends before");
    }
    return size;
  }

  /** The second version had control ids as text before headers and notes, and never any. */
  private static int more(ByteReader in, int version) {
    if (version <= LAST_WITH_ROWS) {
      readControlIds(in);
      return HEADERS_AND_NOTES;
    }
    int more = in.readByte();
    if (more < NOTHING_MORE || more > CALLER_FIRST) {
      throw NewerSchemaException.unknown("what follows a flow's steps with the tag " + more);
    }
    return more;
  }

  private static List<String> readControlIds(ByteReader in) {
    int size = in.readInt();
    List<String> controlIds = new ArrayList<>(Math.min(size, 1_000));
    for (int i = 0; i < size; i++) {
      controlIds.add(in.readText());
    }
    return controlIds;
  }

  /** Only the front of the value; costs a fraction of {@link #decode}. */
  public static FlowHead decodeHead(byte[] value) {
    return readHead(open(value));
  }

  /**
   * The front of the value and of each step; every JSON value is passed over.
   *
   * @throws UnreadableValueException when the bytes are damaged
   * @throws NewerSchemaException when a newer release wrote them
   */
  public static FlowFront decodeFront(byte[] value) {
    ByteReader in = open(value);
    if (value[1] <= LAST_WITH_ROWS) {
      return FlowFront.of(decode(value));
    }
    FlowHead head = readHead(in);
    String reason = in.readNullableText();
    in.skipNullableText();
    in.skipNullableText();
    ContentCodec.skip(in);
    in.skipDigest();
    in.readNumber();
    in.readNumber();
    in.readNumber();
    in.readBoolean();
    int size = readSize(in);
    FlowFront.StepFront[] steps = new FlowFront.StepFront[size];
    for (int i = 0; i < size; i++) {
      steps[i] = StepStateCodec.readFront(in);
    }
    if (in.readByte() >= PART_TOO) {
      return FlowFront.of(decode(value));
    }
    return new FlowFront(head, reason, List.of(steps));
  }

  /** Whether the flow does anything but run forward; reads what stands before its status. */
  public static boolean needsAttention(byte[] value) {
    ByteReader in = open(value);
    in.skipText();
    in.skipDigest();
    in.skipText();
    in.readNullableBytes();
    FlowStatus status = StoredCodes.STATUSES.valueOf(in.readByte());
    in.readByte();
    return status != FlowStatus.IN_PROGRESS || in.readBoolean();
  }

  private static ByteReader open(byte[] value) {
    ByteReader in = new ByteReader(value);
    int tag = in.readByte();
    if (tag != FlowValue.FLOW) {
      throw new UnreadableValueException("not a stored flow: it begins with " + tag);
    }
    int version = in.readByte();
    NewerSchemaException.check("a flow", version, VERSION);
    return in;
  }

  private static void writeHead(ByteWriter out, FlowState state, @Nullable String searchValue) {
    DefinitionId definition = state.definition();
    if (definition != null && !definition.name().equals(state.orchestrationName())) {
      throw new IllegalArgumentException(
          "flow " + state.flowId() + " of " + state.orchestrationName() + " runs on " + definition);
    }
    out.writeText(state.flowId());
    out.writeDigest(state.incarnation());
    out.writeText(state.orchestrationName());
    out.writeNullableText(definition == null ? null : definition.hash());
    out.writeByte(StoredCodes.STATUSES.codeOf(state.status()));
    ParkReason parkReason = state.parkReason();
    out.writeByte(parkReason == null ? 0 : StoredCodes.PARK_REASONS.codeOf(parkReason) + 1);
    out.writeBoolean(state.paused());
    out.writeNullableText(searchValue);
    out.writeNumber(state.origin().startedAt());
    out.writeNumber(state.times().updatedAt());
    out.writeNumber(state.times().endedAt());
    out.writeNumber(state.times().deadlineAt());
    out.writeNumber(state.transitions());
  }

  private static FlowHead readHead(ByteReader in) {
    String flowId = in.readText();
    String incarnation = in.readDigest();
    String orchestration = in.readText();
    String hash = in.readNullableText();
    FlowStatus status = StoredCodes.STATUSES.valueOf(in.readByte());
    int parked = in.readByte();
    return new FlowHead(
        flowId,
        incarnation,
        orchestration,
        hash == null ? null : new DefinitionId(orchestration, hash),
        status,
        parked == 0 ? null : StoredCodes.PARK_REASONS.valueOf(parked - 1),
        in.readBoolean(),
        in.readNullableText(),
        in.readNumber(),
        in.readNumber(),
        in.readNumber(),
        in.readNumber(),
        in.readInt());
  }
}
