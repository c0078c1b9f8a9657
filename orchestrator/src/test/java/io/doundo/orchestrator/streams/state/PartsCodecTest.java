package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowOrigin;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.FlowTimes;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TurnState;
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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The parts of a step and the place of a part, as they are stored. */
class PartsCodecTest {

  private static final DefinitionId ORDER = new DefinitionId("order", "0123456789abcdef");

  /** What the first release that knows parts has written. It must always be read. */
  private static final String STORED =
      "46030b662d317e6974656d737e330000000000000000000000000000000009056f72646572113031"
          + "323334353637383961626364656601000000e807d00f00000400000573686f700300000000000000"
          + "000000000000000000010a0000000000000000000000000000000009882700000002aa0102060201"
          + "8827dc0b000000000002000000000002000000020228066f74686572106665646362613938373635"
          + "34333231300300000000000000000000000000000000020a03000000000000000000000000000000"
          + "00030a0300000000000000000000000000000000040a0c020a020400070201020702000000000002"
          + "0a01020701020002020101004d0300000000000000000000000000000000050a010b08617070726f"
          + "766564d2090101000500000000000000000103662d31000000000000000000000000000000000805"
          + "6974656d73010303662d3101066f726465721030313233343536373839616263646566066974656d"
          + "730300000000000000000000000000000000060a01a846";

  private static Content content(int number) {
    return new Content(String.format("%032x", number), 10, true);
  }

  private static PartsState parts() {
    return parts(List.of(), List.of());
  }

  private static PartsState parts(List<EarlierPart> earlier, List<PausedPart> paused) {
    PartSets sets =
        new PartSets(
            Map.of(
                PartPlace.DONE,
                Ranges.of(0, 7).with(9),
                PartPlace.RUNNING,
                Ranges.of(10, 12),
                PartPlace.FAILED,
                Ranges.of(7, 9)));
    return new PartsState(
        2,
        PartsPhase.FAILING,
        new PartsPlan(
            40, new DefinitionId("other", "fedcba9876543210"), content(2), content(3), content(4)),
        12,
        sets,
        Ranges.of(10, 11),
        Ranges.of(7, 8),
        Ranges.of(0, 2),
        Ranges.of(1, 2),
        PartsState.NO_WINNER,
        77,
        content(5),
        List.of(new PartWait(11, "approved")),
        1_234,
        true,
        earlier,
        paused);
  }

  private static FlowState part(@Nullable PartsState parts) {
    PartLink link = new PartLink("f-1", String.format("%032x", 8), "items", 1, 3);
    FlowOrigin origin =
        new FlowOrigin(
            "f-1~items~3",
            String.format("%032x", 9),
            "order",
            "shop",
            content(1),
            null,
            String.format("%032x", 9),
            1_000,
            new PartOf(link, "f-1", 1, ORDER, "items", content(6)),
            null);
    StepState step =
        new StepState(
            StepStatus.IN_PROGRESS,
            StepEffect.IN_DOUBT,
            1,
            5_000,
            1_500,
            0,
            null,
            null,
            null,
            null,
            new Outside(Attempts.of(2, 0, 0), Attempts.NONE, 2, 0, 0, null),
            StepState.NO_BRANCH,
            null,
            null,
            parts);
    return new FlowState(
        origin,
        ORDER,
        FlowStatus.IN_PROGRESS,
        null,
        false,
        null,
        null,
        new FlowTimes(2_000, 0, 0, 5_000),
        TurnState.NONE,
        4,
        List.of(step, StepState.PENDING),
        FlowNotes.NONE,
        FlowSignals.NONE,
        new PartLife(true, 9_000));
  }

  @Test
  void whatWasStoredIsReadBack() {
    byte[] stored = FlowStateCodec.encode(part(parts()), null, Map.of());

    assertThat(FlowStateCodec.decode(stored).state()).isEqualTo(part(parts()));
    assertThat(FlowStateCodec.decodeFront(stored).head().status())
        .isEqualTo(FlowStatus.IN_PROGRESS);
  }

  @Test
  void itIsStoredAsTheFirstReleaseHasStoredIt() {
    assertThat(HexFormat.of().formatHex(FlowStateCodec.encode(part(parts()), null, Map.of())))
        .isEqualTo(STORED);
    assertThat(FlowStateCodec.decode(HexFormat.of().parseHex(STORED)).state())
        .isEqualTo(part(parts()));
  }

  @Test
  void damagedBytesAreRefusedAndNothingElseIsThrown() {
    byte[] stored = FlowStateCodec.encode(part(parts()), null, Map.of());
    for (int i = 2; i < stored.length; i++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] damaged = stored.clone();
        damaged[i] ^= (byte) (1 << bit);
        try {
          StoredFlow unused = FlowStateCodec.decode(damaged);
        } catch (UnreadableValueException | NewerSchemaException e) {
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
  }

  @Test
  void aListInOrderTakesTheRoomOfOneItem() {
    PartsState few = PartsState.begun(1, new PartsPlan(10_000, null, null, null, null), null);
    PartsState many =
        new PartsState(
            1,
            PartsPhase.FORWARD,
            few.plan(),
            10_000,
            new PartSets(Map.of(PartPlace.DONE, Ranges.of(0, 10_000))),
            Ranges.NONE,
            Ranges.NONE,
            Ranges.NONE,
            Ranges.NONE,
            PartsState.NO_WINNER,
            0,
            null,
            List.of(),
            0,
            false,
            List.of(),
            List.of());

    int before = FlowStateCodec.encode(part(few), null, Map.of()).length;
    assertThat(FlowStateCodec.encode(part(many), null, Map.of())).hasSizeLessThan(before + 10);
  }

  @Test
  void partsOfEarlierAttemptsAreReadBack() {
    PartsState parts = parts(List.of(new EarlierPart(1, 3), new EarlierPart(1, 39)), List.of());

    byte[] stored = FlowStateCodec.encode(part(parts), null, Map.of());

    assertThat(FlowStateCodec.decode(stored).state()).isEqualTo(part(parts));
  }

  @Test
  void partsThatWerePausedByThemselvesAreReadBack() {
    List<PausedPart> paused =
        List.of(new PausedPart(2, 11, 1_234_567, "ann"), new PausedPart(1, 3, 7, null));
    for (PartsState parts :
        List.of(parts(List.of(), paused), parts(List.of(new EarlierPart(1, 3)), paused))) {
      byte[] stored = FlowStateCodec.encode(part(parts), null, Map.of());

      assertThat(FlowStateCodec.decode(stored).state()).isEqualTo(part(parts));
    }
  }

  @Test
  void aListOfWhichEverySecondItemFailsTakesABitForEach() {
    int[] failed = new int[10_000];
    Arrays.setAll(failed, i -> i);
    PartsState parts = withPlaces(Ranges.ofBounds(failed), Ranges.ofBounds(next(failed)));

    byte[] stored = FlowStateCodec.encode(part(parts), null, Map.of());

    assertThat(stored).hasSizeLessThan(3_000);
    assertThat(FlowStateCodec.decode(stored).state()).isEqualTo(part(parts));
  }

  @Test
  void anySetOfPlacesIsReadBack() {
    Random dice = new Random(11);
    for (int run = 0; run < 200; run++) {
      int most = 1 + dice.nextInt(2_000);
      Ranges some = Ranges.NONE;
      for (int i = 0; i < most; i++) {
        some = some.with(dice.nextInt(4_000));
      }
      PartsState parts = withPlaces(some, Ranges.NONE);

      byte[] stored = FlowStateCodec.encode(part(parts), null, Map.of());

      assertThat(FlowStateCodec.decode(stored).state()).isEqualTo(part(parts));
    }
  }

  private static int[] next(int[] bounds) {
    return Arrays.stream(bounds).map(bound -> bound + 1).toArray();
  }

  private static PartsState withPlaces(Ranges failed, Ranges done) {
    PartsState none = PartsState.begun(1, new PartsPlan(10_001, null, null, null, null), null);
    return new PartsState(
        1,
        PartsPhase.FORWARD,
        none.plan(),
        10_001,
        new PartSets(Map.of(PartPlace.FAILED, failed, PartPlace.DONE, done)),
        Ranges.NONE,
        Ranges.NONE,
        Ranges.NONE,
        Ranges.NONE,
        PartsState.NO_WINNER,
        0,
        null,
        List.of(),
        0,
        false,
        List.of(),
        List.of());
  }

  @Test
  void everyContentOfThePartsIsKept() {
    assertThat(ContentReferences.namedBy(part(parts())).values())
        .contains(content(1), content(2), content(3), content(4), content(5), content(6));
  }

  @Test
  void allPlacesAreStored() {
    assertThat(StoredCodes.PART_PLACES).containsExactlyInAnyOrder(PartPlace.values());
  }
}
