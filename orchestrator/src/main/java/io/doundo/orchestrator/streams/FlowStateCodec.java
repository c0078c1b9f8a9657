package io.doundo.orchestrator.streams;

import io.doundo.orchestrator.core.Attempts;
import io.doundo.orchestrator.core.Content;
import io.doundo.orchestrator.core.ControlOutcome;
import io.doundo.orchestrator.core.Evidence;
import io.doundo.orchestrator.core.FlowNotes;
import io.doundo.orchestrator.core.FlowOrigin;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.core.FlowTimes;
import io.doundo.orchestrator.core.TurnState;
import io.doundo.orchestrator.core.Outside;
import io.doundo.orchestrator.core.ParkReason;
import io.doundo.orchestrator.core.StepState;
import io.doundo.orchestrator.core.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A flow's state as bytes: schema version, then what {@link FlowHead} shows, then the rest with the
 * contents that are small enough to stand in it. Stateless.
 */
final class FlowStateCodec {

  /** The newest schema this code writes; it reads this one and all before it. */
  static final int VERSION = 2;

  /** Of flows that have neither headers nor notes, which are nearly all: as it was before those. */
  private static final int PLAIN_VERSION = 1;

  /** What a control record that is remembered takes at most without its refusal's reason. */
  private static final int OUTCOME_BYTES = 8 + 5 + 2;

  private static final int PRESENT = 1;
  private static final int OBJECT = 2;
  private static final int INLINE = 4;

  private FlowStateCodec() {}

  /**
   * @param contents those contents, by digest, that are to stand in the value itself
   */
  static byte[] encode(
      FlowState state, @Nullable String searchValue, Map<String, byte[]> contents) {
    ByteWriter out = new ByteWriter(512 + 64 * state.steps().size());
    Set<String> written = new HashSet<>();
    out.writeByte(FlowValue.FLOW);
    boolean plain = state.origin().headers() == null && state.notes().equals(FlowNotes.NONE);
    out.writeByte(plain ? PLAIN_VERSION : VERSION);
    writeHead(out, state, searchValue);
    out.writeNullableText(state.reason());
    out.writeNullableText(state.cancelReason());
    out.writeNullableText(state.origin().initiator());
    writeContent(out, state.origin().payload(), contents, written);
    out.writeDigest(state.origin().digest());
    out.writeNumber(state.times().wakeAt());
    out.writeNumber(state.turns().sent());
    out.writeNumber(state.turns().undo());
    out.writeBoolean(state.turns().undoCommitted());
    out.writeNumber(state.steps().size());
    for (StepState step : state.steps()) {
      writeStep(out, step, contents, written);
    }
    // Here the first version had control ids as text.
    out.writeNumber(0);
    if (!plain) {
      writeContent(out, state.origin().headers(), contents, written);
      writeNotes(out, state.notes());
    }
    return out.toByteArray();
  }

  /** About how many bytes a flow's notes take in its value. */
  static int sizeOf(FlowNotes notes) {
    int size = length(notes.turnedBack()) + length(notes.lastIncident());
    for (ControlOutcome outcome : notes.controls()) {
      size += OUTCOME_BYTES + length(outcome.refusal());
    }
    return size;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static void writeNotes(ByteWriter out, FlowNotes notes) {
    out.writeNullableText(notes.turnedBack());
    out.writeNumber(notes.controls().size());
    for (ControlOutcome outcome : notes.controls()) {
      out.writeRaw(ByteBuffer.allocate(Long.BYTES).putLong(outcome.id()).array());
      out.writeNumber(outcome.transition());
      out.writeNullableText(outcome.refusal());
    }
    out.writeNumber(notes.ignoredAnswers());
    out.writeNumber(notes.incidents());
    out.writeNullableText(notes.lastIncident());
  }

  private static FlowNotes readNotes(ByteReader in) {
    String turnedBack = in.readNullableText();
    int size = in.readInt();
    List<ControlOutcome> controls = new ArrayList<>(Math.min(size, FlowNotes.MOST_CONTROLS));
    for (int i = 0; i < size; i++) {
      long id = ByteBuffer.wrap(in.readRaw(Long.BYTES)).getLong();
      controls.add(new ControlOutcome(id, in.readInt(), in.readNullableText()));
    }
    return new FlowNotes(turnedBack, controls, in.readInt(), in.readInt(), in.readNullableText());
  }

  /** What the first version remembered: the ids of the control records that were carried out. */
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
   * @throws UnreadableValueException when the bytes are damaged
   * @throws NewerSchemaException when a newer release wrote them
   */
  static StoredFlow decode(byte[] value) {
    ByteReader in = open(value);
    FlowHead head = readHead(in);
    Map<String, byte[]> contents = new HashMap<>();
    String reason = in.readNullableText();
    String cancelReason = in.readNullableText();
    String initiator = in.readNullableText();
    Content start = readContent(in, contents);
    if (start == null) {
      throw new UnreadableValueException("flow " + head.flowId() + " has no start payload");
    }
    String startDigest = in.readDigest();
    long wakeAt = in.readNumber();
    TurnState turns = TurnState.of(in.readInt(), in.readInt(), in.readBoolean());
    int size = in.readInt();
    List<StepState> steps = new ArrayList<>(Math.min(size, 1_000));
    for (int i = 0; i < size; i++) {
      steps.add(readStep(in, contents));
    }
    int controls = in.readInt();
    List<String> controlIds = new ArrayList<>(Math.min(controls, 1_000));
    for (int i = 0; i < controls; i++) {
      controlIds.add(in.readText());
    }
    boolean plain = value[1] == PLAIN_VERSION;
    Content headers = plain ? null : readContent(in, contents);
    FlowNotes notes = plain ? notesOf(controlIds) : readNotes(in);
    FlowOrigin origin =
        new FlowOrigin(
            head.flowId(),
            head.incarnation(),
            head.orchestrationName(),
            initiator,
            start,
            headers,
            startDigest,
            head.startedAt());
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
            notes);
    return new StoredFlow(state, head.searchValue(), contents);
  }

  /** Only the front of the value; costs a fraction of {@link #decode}. */
  static FlowHead decodeHead(byte[] value) {
    return readHead(open(value));
  }

  /** Whether the flow does anything but run forward; reads what stands before its status. */
  static boolean needsAttention(byte[] value) {
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

  private static void writeStep(
      ByteWriter out, StepState step, Map<String, byte[]> contents, Set<String> written) {
    out.writeByte(StoredCodes.STEP_STATUSES.codeOf(step.status()));
    if (step.equals(StepState.PENDING)) {
      out.writeBoolean(false);
      return;
    }
    out.writeBoolean(true);
    out.writeByte(StoredCodes.EVIDENCE.codeOf(step.evidence()));
    out.writeNumber(step.generation());
    Outside outside = step.outside();
    Attempts doing = outside.doing();
    Attempts undoing = outside.undoing();
    out.writeNumber(doing.sent());
    out.writeNumber(doing.base());
    out.writeNumber(undoing.sent());
    out.writeNumber(undoing.base());
    out.writeNumber(doing.answers());
    out.writeNumber(undoing.answers());
    out.writeNumber(outside.openAttempt());
    out.writeNumber(outside.succeededAttempt());
    out.writeNumber(outside.armedTurn());
    out.writeNumber(step.dueAt());
    out.writeNumber(step.startedAt());
    out.writeNumber(step.endedAt());
    writeContent(out, step.result(), contents, written);
    writeContent(out, step.input(), contents, written);
    writeContent(out, step.undoInput(), contents, written);
    out.writeNullableText(step.error());
    out.writeNullableText(outside.worker());
  }

  private static StepState readStep(ByteReader in, Map<String, byte[]> contents) {
    StepStatus status = StoredCodes.STEP_STATUSES.valueOf(in.readByte());
    if (!in.readBoolean()) {
      return StepState.PENDING;
    }
    Evidence evidence = StoredCodes.EVIDENCE.valueOf(in.readByte());
    int generation = in.readInt();
    int doSent = in.readInt();
    int doBase = in.readInt();
    int undoSent = in.readInt();
    int undoBase = in.readInt();
    Attempts doing = Attempts.of(doSent, doBase, in.readInt());
    Attempts undoing = Attempts.of(undoSent, undoBase, in.readInt());
    int openAttempt = in.readInt();
    int succeededAttempt = in.readInt();
    int armedTurn = in.readInt();
    long dueAt = in.readNumber();
    long startedAt = in.readNumber();
    long endedAt = in.readNumber();
    Content result = readContent(in, contents);
    Content input = readContent(in, contents);
    Content undoInput = readContent(in, contents);
    String error = in.readNullableText();
    String worker = in.readNullableText();
    return new StepState(
        status,
        evidence,
        generation,
        dueAt,
        startedAt,
        endedAt,
        result,
        input,
        undoInput,
        error,
        new Outside(doing, undoing, openAttempt, succeededAttempt, armedTurn, worker));
  }

  private static void writeContent(
      ByteWriter out,
      @Nullable Content content,
      Map<String, byte[]> contents,
      Set<String> written) {
    if (content == null) {
      out.writeByte(0);
      return;
    }
    byte[] bytes = contents.get(content.digest());
    boolean inline = bytes != null && written.add(content.digest());
    out.writeByte(PRESENT | (content.object() ? OBJECT : 0) | (inline ? INLINE : 0));
    out.writeDigest(content.digest());
    out.writeNumber(content.size());
    if (bytes != null && inline) {
      out.writeRaw(bytes);
    }
  }

  private static @Nullable Content readContent(ByteReader in, Map<String, byte[]> contents) {
    int flags = in.readByte();
    if (flags == 0) {
      return null;
    }
    String digest = in.readDigest();
    int size = in.readInt();
    if ((flags & INLINE) != 0) {
      contents.put(digest, in.readRaw(size));
    }
    return new Content(digest, size, (flags & OBJECT) != 0);
  }
}
