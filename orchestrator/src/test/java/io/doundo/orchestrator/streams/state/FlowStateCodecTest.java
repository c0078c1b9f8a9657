package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowOrigin;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.FlowTimes;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TakenSignal;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.core.state.TurnState;
import io.doundo.orchestrator.core.state.WorkerRun;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.protocol.CommandAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlowStateCodecTest {

  private static final String FIRST_VERSION =
      "460106666c6f772d310000112233445566778899aabbccddeeff056f726465721130313233343536"
          + "373839616263646566050100023780d8c1a28c3488ffc1a28c3400000c2e74686520554e444f206f"
          + "662073746570206f6e652068617320757365642075702069747320617474656d707473000573686f"
          + "7007008bcbace4a85bfd655264d50663d100000b7b226f72646572223a377d00ffeeddccbbaa9988"
          + "776655443322110000010101020a0103020100030101030001000080d8c1a28c3488ffc1a28c3400"
          + "00000e6e6f2073756368207265616c6d077265616c6d7300000209636f6e74726f6c2d3109636f6e"
          + "74726f6c2d32";

  private static final String PLAIN_STEP =
      "1f0901000100e807cc3a00000000020002010001000200097061796d656e7473";
  private static final String VERSIONED_STEP =
      "3f0905000100e807cc3a00000000020002010001000200097061796d656e74730305322e332e3100e807"
          + "2805322e332e3200f02e0005322e332e3201d836f403";

  private static final String KEYED_STEP =
      "350907000100e807cc3a00000000020002010001000200097061796d656e74730105322e332e3100e8072802010198f2010003020002";

  private final Random random = new Random(20_261_120);
  private final Map<String, byte[]> contents = new HashMap<>();

  @Test
  void everyStateComesBackAsItWas() {
    for (int i = 0; i < 2_000; i++) {
      contents.clear();
      FlowState state = anyState();
      String searchValue = anyText();
      byte[] bytes = FlowStateCodec.encode(state, searchValue, contents);
      StoredFlow stored = FlowStateCodec.decode(bytes);
      assertThat(stored.state()).isEqualTo(state);
      assertThat(stored.searchValue()).isEqualTo(searchValue);
      assertThat(stored.contents().keySet()).isEqualTo(contents.keySet());
      contents.forEach(
          (digest, value) -> assertThat(stored.contents().get(digest)).isEqualTo(value));
      assertThat(FlowStateCodec.decodeHead(bytes)).isEqualTo(stored.head());
      assertThat(FlowStateCodec.decodeFront(bytes)).isEqualTo(FlowFront.of(stored));
    }
  }

  @Test
  void aNewerSchemaIsRefusedWithAClearError() {
    byte[] bytes = FlowStateCodec.encode(anyState(), null, Map.of());
    bytes[1] = FlowStateCodec.VERSION + 1;
    assertThatThrownBy(() -> FlowStateCodec.decode(bytes))
        .isInstanceOf(NewerSchemaException.class)
        .hasMessageContaining("schema version " + (FlowStateCodec.VERSION + 1))
        .hasMessageContaining("run the newer release");
  }

  @Test
  void damagedBytesAreRefusedAndNothingElseIsThrown() {
    byte[] whole = FlowStateCodec.encode(anyState(), "value", contents);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> FlowStateCodec.decode(cut))
          .isInstanceOf(UnreadableValueException.class);
    }
  }

  @Test
  void anOrdinaryFlowIsSmall() {
    Content payload = content(true);
    List<StepState> steps = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      steps.add(StepState.PENDING);
    }
    FlowState state = with(state(FlowStatus.IN_PROGRESS, payload, steps), null, FlowNotes.NONE);
    byte[] bytes = FlowStateCodec.encode(state, null, Map.of());
    assertThat(bytes).hasSizeLessThan(250);
    assertThat(bytes[1]).isEqualTo((byte) FlowStateCodec.VERSION);
  }

  @Test
  void aPartThatANewerReleaseHasAddedIsRefused() {
    Outside outside = new Outside(Attempts.of(1, 0, 0), Attempts.NONE, 1, 0, 0, null);
    StepState step =
        new StepState(
            StepStatus.IN_PROGRESS, StepEffect.NONE, 1, 0, 0, 0, null, null, null, null, outside);
    FlowState state =
        with(state(FlowStatus.IN_PROGRESS, content(false), List.of(step)), null, FlowNotes.NONE);
    byte[] bytes = FlowStateCodec.encode(state, null, Map.of());
    int end = bytes.length - 1;
    int block = end - bytes[blockLengthAt(bytes, end)];

    byte[] otherStatus = bytes.clone();
    otherStatus[block] = 100;
    assertRefusedAsNewer(otherStatus, "the step status with the code 100");

    byte[] otherTag = bytes.clone();
    otherTag[block + 1] = 100;
    assertRefusedAsNewer(otherTag, "the kind of a step that is IN_PROGRESS");

    byte[] longerStep = Arrays.copyOf(bytes, bytes.length + 1);
    longerStep[block - 1]++;
    longerStep[end] = 9;
    longerStep[end + 1] = 0;
    assertRefusedAsNewer(longerStep, "the last 1 bytes of a step that is IN_PROGRESS");

    byte[] otherEnd = bytes.clone();
    otherEnd[end] = 7;
    assertRefusedAsNewer(otherEnd, "what follows a flow's steps with the tag 7");

    assertRefusedAsNewer(
        Arrays.copyOf(bytes, bytes.length + 3), "the last 3 bytes of flow " + state.flowId());
  }

  /** The position of the length of the value's last block, which ends at {@code end}. */
  private static int blockLengthAt(byte[] bytes, int end) {
    for (int at = end - 2; at > 0; at--) {
      if (bytes[at] == end - at - 1 && bytes[at - 1] == 1) {
        return at;
      }
    }
    throw new AssertionError("no block ends at " + end);
  }

  private static void assertRefusedAsNewer(byte[] bytes, String unknown) {
    assertThatThrownBy(() -> FlowStateCodec.decode(bytes))
        .isInstanceOf(NewerSchemaException.class)
        .hasMessageContaining(unknown)
        .hasMessageContaining("run the newer release");
  }

  @Test
  void aStepOfAnySizeIsReadBack() {
    for (int length : new int[] {0, 50, 90, 100, 110, 127, 128, 500, 16_383, 16_384, 40_000}) {
      StepState step =
          new StepState(
              StepStatus.FAILED,
              StepEffect.CLEAN,
              1,
              0,
              0,
              0,
              null,
              null,
              null,
              "x".repeat(length),
              Outside.NONE);
      FlowState state =
          state(FlowStatus.IN_PROGRESS, content(false), List.of(step, StepState.PENDING, step));
      assertThat(FlowStateCodec.decode(FlowStateCodec.encode(state, null, Map.of())).state())
          .as("an error of %d characters", length)
          .isEqualTo(state);
    }
  }

  /** A step whose worker has said its version, byte for byte: it must remain readable forever. */
  @Test
  void theVersionsOfAWorkerAreStoredBehindTheStep() {
    Outside plain = new Outside(Attempts.of(2, 0, 2), Attempts.of(1, 0, 1), 0, 2, 0, "payments");
    Outside versioned =
        new Outside(
            plain.doing(),
            plain.undoing(),
            plain.openAttempt(),
            plain.succeededAttempt(),
            plain.armedTurn(),
            plain.worker(),
            List.of(
                new WorkerRun("2.3.1", CommandAction.DO, 1_000, 1_040),
                new WorkerRun("2.3.2", CommandAction.DO, 6_000, 6_000),
                new WorkerRun("2.3.2", CommandAction.UNDO, 7_000, 7_500)),
            List.of());
    Outside keyed =
        new Outside(
            plain.doing(),
            plain.undoing(),
            plain.openAttempt(),
            plain.succeededAttempt(),
            plain.armedTurn(),
            plain.worker(),
            List.of(new WorkerRun("2.3.1", CommandAction.DO, 1_000, 1_040)),
            List.of(
                new DoKey(1, 1, 31_000, StepEffect.NONE), new DoKey(3, 2, 0, StepEffect.IN_DOUBT)));

    assertThat(HexFormat.of().formatHex(step(plain))).isEqualTo(PLAIN_STEP);
    assertThat(HexFormat.of().formatHex(step(versioned))).isEqualTo(VERSIONED_STEP);
    assertThat(HexFormat.of().formatHex(step(keyed))).isEqualTo(KEYED_STEP);
    StepState read =
        StepStateCodec.read(
            new ByteReader(HexFormat.of().parseHex(VERSIONED_STEP)), new HashMap<>());
    assertThat(read.outside()).isEqualTo(versioned);
    StepState readKeyed =
        StepStateCodec.read(new ByteReader(HexFormat.of().parseHex(KEYED_STEP)), new HashMap<>());
    assertThat(readKeyed.outside()).isEqualTo(keyed);
  }

  private static byte[] step(Outside outside) {
    ByteWriter out = new ByteWriter(64);
    StepState step =
        new StepState(
            StepStatus.UNDO_SUCCESS,
            StepEffect.NONE,
            1,
            0,
            1_000,
            7_500,
            null,
            null,
            null,
            null,
            outside);
    StepStateCodec.write(out, step, new ContentCodec.Writer(out, Map.of()));
    return out.toByteArray();
  }

  /** The bytes that the first version wrote; they must remain readable forever. */
  @Test
  void theFirstVersionIsRead() {
    StoredFlow stored = FlowStateCodec.decode(HexFormat.of().parseHex(FIRST_VERSION));
    FlowState state = stored.state();
    assertThat(state.flowId()).isEqualTo("flow-1");
    assertThat(state.status()).isEqualTo(FlowStatus.PARKED);
    assertThat(state.reason()).isEqualTo("the UNDO of step one has used up its attempts");
    assertThat(state.origin().headers()).isNull();
    assertThat(state.origin().digest()).isEqualTo("ffeeddccbbaa99887766554433221100");
    assertThat(state.transitions()).isEqualTo(12);
    assertThat(state.steps()).hasSize(2);
    assertThat(state.steps().get(0).error()).isEqualTo("no such realm");
    assertThat(state.notes().outcomeOf("control-2"))
        .isEqualTo(new ControlOutcome(ControlOutcome.idOf("control-2"), 0, null));
    assertThat(state.notes().outcomeOf("control-3")).isNull();
    assertThat(stored.contents().get(state.origin().payload().digest()))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"order\":7}");
    assertThat(FlowStateCodec.decodeHead(HexFormat.of().parseHex(FIRST_VERSION)))
        .isEqualTo(stored.head());
    byte[] again = FlowStateCodec.encode(state, stored.searchValue(), stored.contents());
    assertThat(FlowStateCodec.decode(again).state()).isEqualTo(state);
  }

  @Test
  void theNotesOfAFlowTakeLittleAndAreNotUnderestimated() {
    List<ControlOutcome> controls = new ArrayList<>();
    for (int i = 0; i < FlowNotes.MOST_CONTROLS; i++) {
      String refusal = i > FlowNotes.MOST_CONTROLS - 3 ? "x".repeat(160) : "";
      controls.add(new ControlOutcome(random.nextLong(), 100_000 + i, refusal));
    }
    FlowNotes notes = new FlowNotes("why", controls, 16, 3, "step a: succeeded twice");
    FlowState plain =
        with(state(FlowStatus.IN_PROGRESS, content(false), List.of()), null, FlowNotes.NONE);
    int without = FlowStateCodec.encode(plain, null, Map.of()).length;
    int with = FlowStateCodec.encode(with(plain, null, notes), null, Map.of()).length;
    assertThat(with - without)
        .isLessThan(FlowStateCodec.sizeOf(notes, FlowSignals.NONE) + 20)
        .isLessThan(1_300);
    assertThat(FlowStateCodec.sizeOf(FlowNotes.NONE, FlowSignals.NONE)).isZero();
  }

  @Test
  void theSignalsOfAFlowAreNotUnderestimated() {
    List<Signal> kept = new ArrayList<>();
    List<ControlOutcome> seen = new ArrayList<>();
    for (int i = 0; i < FlowSignals.MOST_KEPT; i++) {
      kept.add(new Signal("approved", "id-" + i, content(true), "ann", 1_700_000_000_000L + i));
      seen.add(new ControlOutcome(random.nextLong(), 100_000 + i, "no step waits for it"));
    }
    FlowSignals signals = new FlowSignals(kept, seen);
    FlowState plain =
        with(state(FlowStatus.IN_PROGRESS, content(false), List.of()), null, FlowNotes.NONE);
    int without = FlowStateCodec.encode(plain, null, Map.of()).length;
    int with = FlowStateCodec.encode(with(plain, signals), null, Map.of()).length;
    int estimated = FlowStateCodec.sizeOf(FlowNotes.NONE, signals);
    assertThat(with - without).isBetween(estimated / 2, estimated + 20);
  }

  @Test
  void signalsAndWaitsAreReadBack() {
    Content payload = content(true);
    StepState taken =
        new StepState(
            StepStatus.DO_SUCCESS,
            StepEffect.NONE,
            1,
            0,
            5,
            9,
            payload,
            null,
            null,
            null,
            Outside.NONE,
            StepState.NO_BRANCH,
            new TakenSignal("ann", 8));
    StepState open =
        new StepState(
            StepStatus.WAITING, StepEffect.NONE, 1, 77, 5, 0, null, null, null, null, Outside.NONE);
    FlowState plain =
        with(
            state(FlowStatus.IN_PROGRESS, content(false), List.of(taken, open)),
            null,
            FlowNotes.NONE);
    FlowSignals signals =
        new FlowSignals(
            List.of(
                new Signal("ok", "s-1", payload, "ann", 3), new Signal("ok", "s-2", null, null, 4)),
            List.of(new ControlOutcome(1, 2, null), new ControlOutcome(3, 4, "no step waits")));
    FlowState state = with(plain, signals);

    FlowState read = FlowStateCodec.decode(FlowStateCodec.encode(state, null, Map.of())).state();
    assertThat(read).isEqualTo(state);
    assertThat(ContentReferences.namedBy(state)).containsKey(payload.digest());
    assertThat(ContentReferences.allStandIn(Map.of(), state)).isFalse();
  }

  @Test
  void tasksAndTheSendersOfSignalsAreReadBack() {
    TaskState task = new TaskState("check it", "ann", List.of("bob", "managers"), 99);
    FlowState plain =
        with(
            state(
                FlowStatus.IN_PROGRESS,
                content(false),
                List.of(
                    task(StepStatus.WAITING, task, null),
                    task(StepStatus.WAITING, task.assignedTo(null), null),
                    task(StepStatus.DO_SUCCESS, task, new TakenSignal("ann", 8)),
                    task(StepStatus.DO_SUCCESS, task, new TakenSignal(null, 8)))),
            null,
            FlowNotes.NONE);
    FlowSignals signals =
        new FlowSignals(
            List.of(
                new Signal("ok", "s-1", null, "ann", 3, true, null, List.of()),
                new Signal("ok", "s-2", null, "ann", 4, false, "bot", List.of()),
                new Signal("ok", "s-3", null, null, 5)),
            List.of());
    FlowState state = with(plain, signals);

    FlowState read = FlowStateCodec.decode(FlowStateCodec.encode(state, null, Map.of())).state();
    assertThat(read).isEqualTo(state);
  }

  @Test
  void theStepsThatDeclinedASignalAreReadBack() {
    FlowState plain =
        with(state(FlowStatus.IN_PROGRESS, content(false), List.of()), null, FlowNotes.NONE);
    FlowSignals signals =
        new FlowSignals(
            List.of(
                new Signal("ok", "s-1", null, "ann", 3).declined(0).declined(199),
                new Signal("ok", "s-2", null, "ann", 4, true, "bot", List.of())),
            List.of());
    FlowState state = with(plain, signals);

    FlowState read = FlowStateCodec.decode(FlowStateCodec.encode(state, null, Map.of())).state();
    assertThat(read).isEqualTo(state);
  }

  private static StepState task(StepStatus status, TaskState task, @Nullable TakenSignal taken) {
    return new StepState(
        status,
        StepEffect.NONE,
        1,
        77,
        5,
        0,
        null,
        null,
        null,
        null,
        Outside.NONE,
        StepState.NO_BRANCH,
        taken,
        task);
  }

  private static FlowState with(FlowState state, FlowSignals signals) {
    return new FlowState(
        state.origin(),
        state.definition(),
        state.status(),
        state.parkReason(),
        state.paused(),
        state.reason(),
        state.cancelReason(),
        state.times(),
        state.turns(),
        state.transitions(),
        state.steps(),
        state.notes(),
        signals);
  }

  private static FlowState with(FlowState state, @Nullable Content headers, FlowNotes notes) {
    FlowOrigin origin = state.origin();
    return new FlowState(
        new FlowOrigin(
            origin.flowId(),
            origin.incarnation(),
            origin.orchestrationName(),
            origin.initiator(),
            origin.payload(),
            headers,
            origin.digest(),
            origin.startedAt()),
        state.definition(),
        state.status(),
        state.parkReason(),
        state.paused(),
        state.reason(),
        state.cancelReason(),
        state.times(),
        state.turns(),
        state.transitions(),
        state.steps(),
        notes);
  }

  private FlowState anyState() {
    List<StepState> steps = new ArrayList<>();
    int size = random.nextInt(5);
    for (int i = 0; i < size; i++) {
      steps.add(random.nextInt(4) == 0 ? StepState.PENDING : anyStep());
    }
    FlowStatus[] statuses = FlowStatus.values();
    return state(statuses[random.nextInt(statuses.length)], content(random.nextBoolean()), steps);
  }

  private FlowState state(FlowStatus status, Content start, List<StepState> steps) {
    ParkReason[] reasons = ParkReason.values();
    FlowOrigin origin =
        new FlowOrigin(
            "flow-é-" + random.nextInt(),
            Digests.of(bytes()),
            "order",
            anyText(),
            start,
            random.nextBoolean() ? null : maybeContent(),
            random.nextBoolean() ? Digests.of(bytes()) : "not a digest",
            time(),
            null,
            anyText());
    return new FlowState(
        origin,
        random.nextBoolean() ? null : new DefinitionId("order", "0123456789abcdef"),
        status,
        random.nextBoolean() ? null : reasons[random.nextInt(reasons.length)],
        random.nextBoolean(),
        anyText(),
        anyText(),
        new FlowTimes(time(), time(), time(), time()),
        TurnState.of(random.nextInt(1_000), random.nextInt(1_000), random.nextBoolean()),
        random.nextInt(100_000),
        steps,
        random.nextBoolean() ? FlowNotes.NONE : anyNotes());
  }

  private FlowNotes anyNotes() {
    List<ControlOutcome> controls = new ArrayList<>();
    int size = random.nextInt(5);
    for (int i = 0; i < size; i++) {
      controls.add(new ControlOutcome(random.nextLong(), random.nextInt(1_000), anyText()));
    }
    return new FlowNotes(anyText(), controls, random.nextInt(20), random.nextInt(1_000), anyText());
  }

  private StepState anyStep() {
    // A step that is being evaluated is never stored.
    StepStatus[] statuses =
        Stream.of(StepStatus.values())
            .filter(status -> status != StepStatus.COMPUTING)
            .toArray(StepStatus[]::new);
    StepEffect[] effect = StepEffect.values();
    return new StepState(
        statuses[random.nextInt(statuses.length)],
        effect[random.nextInt(effect.length)],
        random.nextInt(10),
        time(),
        time(),
        time(),
        maybeContent(),
        maybeContent(),
        maybeContent(),
        anyText(),
        random.nextInt(4) == 0 ? Outside.NONE : anyOutside());
  }

  private Outside anyOutside() {
    return new Outside(
        anyAttempts(),
        anyAttempts(),
        random.nextInt(2_000),
        random.nextInt(2_000),
        random.nextInt(2_000),
        anyText(),
        random.nextBoolean() ? List.of() : List.of(anyRun(), anyRun()),
        random.nextInt(3) > 0 ? List.of() : List.of(anyKey(), anyKey()));
  }

  private DoKey anyKey() {
    StepEffect[] effects = StepEffect.values();
    return new DoKey(
        1 + random.nextInt(50),
        1 + random.nextInt(2_000),
        time(),
        effects[random.nextInt(effects.length)]);
  }

  private WorkerRun anyRun() {
    long from = random.nextLong(1L << 42);
    CommandAction action = random.nextBoolean() ? CommandAction.DO : CommandAction.UNDO;
    return new WorkerRun("v" + random.nextInt(), action, from, from + random.nextInt(100_000));
  }

  private Attempts anyAttempts() {
    int most = random.nextBoolean() ? 4 : 2_000;
    return Attempts.of(random.nextInt(most), random.nextInt(most), random.nextInt(most));
  }

  private @Nullable Content maybeContent() {
    return random.nextBoolean() ? null : content(random.nextBoolean());
  }

  private Content content(boolean inline) {
    byte[] value = bytes();
    String digest = Digests.of(value);
    if (inline) {
      contents.put(digest, value);
    }
    return new Content(digest, value.length, random.nextBoolean());
  }

  private byte[] bytes() {
    return ("{\"n\":" + random.nextLong() + '}').getBytes(StandardCharsets.UTF_8);
  }

  private @Nullable String anyText() {
    return switch (random.nextInt(3)) {
      case 0 -> null;
      case 1 -> "";
      default -> "text – ü " + random.nextInt();
    };
  }

  private long time() {
    return random.nextBoolean() ? 0 : 1_790_000_000_000L + random.nextInt();
  }
}
