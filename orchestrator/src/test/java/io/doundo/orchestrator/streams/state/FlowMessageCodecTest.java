package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.streams.state.FlowMessageCodec.Told;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What flows tell each other, as bytes. */
class FlowMessageCodecTest {

  private static final PartLink LINK =
      new PartLink("f-1", String.format("%032x", 8), "items", 2, 3);
  private static final byte[] BYTES = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

  private static Content content(int number) {
    return new Content(String.format("%032x", number), BYTES.length, true);
  }

  private static Signal signal() {
    return new Signal("go", "c-1", content(5), "somebody", 77, true, "console", List.of());
  }

  private static Begin begin(PartInput input, @Nullable String requestedBy) {
    PartOf part =
        new PartOf(
            LINK, "f-1", 2, new DefinitionId("order", "0123456789abcdef"), "items", content(4));
    return new Begin(part, String.format("%032x", 9), input, "shop", content(3), requestedBy);
  }

  static Stream<FlowMessage> messages() {
    return Stream.of(
        begin(new PartInput(List.of(content(1)), null, null), null),
        begin(new PartInput(List.of(content(1)), null, null), "ann"),
        new Moved(
            LINK,
            7,
            PartStatus.COMPLETED,
            true,
            false,
            1_234,
            content(2),
            null,
            List.of(),
            List.of(),
            List.of()),
        new Moved(
            LINK,
            8,
            PartStatus.UNDONE,
            false,
            true,
            Moved.NOT_TOLD,
            null,
            "no stock",
            List.of("gift", "card"),
            List.of(signal()),
            List.of("go", "stop")),
        new Asked(LINK, ParentVerb.BACK, "the flow timed out", 0),
        new Asked(LINK, ParentVerb.RELEASE, null, 1_234),
        new Handed(LINK, signal()));
  }

  private static byte[] encoded(FlowMessage message) {
    return FlowMessageCodec.encode(
        message, Map.of(content(1).digest(), BYTES, content(5).digest(), BYTES));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void whatIsToldIsHeard(FlowMessage message) {
    assertThat(FlowMessageCodec.decode(encoded(message)).message()).isEqualTo(message);
  }

  @Test
  void valuesThatTheReceiverDoesNotHaveTravelAlong() {
    Told told = FlowMessageCodec.decode(encoded(new Handed(LINK, signal())));

    assertThat(told.contents()).containsOnlyKeys(content(5).digest());
    assertThat(told.contents().get(content(5).digest())).isEqualTo(BYTES);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void damagedBytesAreRefusedAndNothingElseIsThrown(FlowMessage message) {
    byte[] whole = encoded(message);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> FlowMessageCodec.decode(cut))
          .isInstanceOf(UnreadableValueException.class);
    }
  }

  /**
   * A part may begin on an instance of an earlier release as long as there is no caller to name.
   */
  @Test
  void onlyABeginThatNamesACallerHasTheNewVersion() {
    PartInput input = new PartInput(List.of(content(1)), null, null);

    assertThat(encoded(begin(input, null))[0]).isEqualTo((byte) 2);
    assertThat(encoded(begin(input, "ann"))[0]).isEqualTo((byte) 4);
    assertThat(encoded(new Asked(LINK, ParentVerb.RELEASE, null, 1_234))[0]).isEqualTo((byte) 2);
  }

  @Test
  void aBeginOfAnEarlierReleaseNamesNoCaller() {
    Begin begin = begin(new PartInput(List.of(content(1)), null, null), null);
    for (byte version = 1; version <= 3; version++) {
      byte[] bytes = encoded(begin);
      bytes[0] = version;
      assertThat(FlowMessageCodec.decode(bytes).message()).isEqualTo(begin);
    }
  }

  /** What a part tells has one byte more since version 2. */
  @Test
  void anOlderReleaseDoesNotTellUntilWhenAPartIsKept() {
    Moved moved =
        new Moved(
            LINK,
            7,
            PartStatus.UNDONE,
            true,
            false,
            Moved.NOT_TOLD,
            null,
            null,
            List.of(),
            List.of(),
            List.of());
    byte[] bytes = encoded(moved);
    // Behind it: no result, no error, and three empty lists.
    int added = bytes.length - 6;
    byte[] older = new byte[bytes.length - 1];
    System.arraycopy(bytes, 0, older, 0, added);
    System.arraycopy(bytes, added + 1, older, added, older.length - added);
    older[0] = 1;

    assertThat(FlowMessageCodec.decode(older).message()).isEqualTo(moved);
  }

  /** An earlier release stops at a version that it does not know, and reads all others. */
  @Test
  void onlyWhatTellsOfAPausedPartHasTheNewestVersion() {
    assertThat(encoded(told(PartStatus.PAUSED))[0]).isEqualTo((byte) 3);
    for (PartStatus status : PartStatus.values()) {
      assertThat(FlowMessageCodec.decode(encoded(told(status))).message()).isEqualTo(told(status));
      assertThat(encoded(told(status))[0]).isLessThanOrEqualTo((byte) 3);
    }
    assertThat(encoded(told(PartStatus.RUNNING))[0]).isEqualTo((byte) 2);
    assertThat(encoded(new Asked(LINK, ParentVerb.KEEP, null, 0))[0]).isEqualTo((byte) 2);
  }

  private static Moved told(PartStatus status) {
    return new Moved(
        LINK, 7, status, false, false, 0, null, "ann", List.of(), List.of(), List.of());
  }

  @Test
  void whatANewerReleaseHasAddedIsRefused() {
    byte[] bytes = encoded(new Asked(LINK, ParentVerb.KEEP, null, 0));
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> FlowMessageCodec.decode(longer))
        .isInstanceOf(NewerSchemaException.class);
    byte[] newer = bytes.clone();
    newer[0] = 5;
    assertThatThrownBy(() -> FlowMessageCodec.decode(newer))
        .isInstanceOf(NewerSchemaException.class);
    byte[] otherKind = bytes.clone();
    otherKind[1] = 9;
    assertThatThrownBy(() -> FlowMessageCodec.decode(otherKind))
        .isInstanceOf(NewerSchemaException.class);
  }

  @Test
  void aPayloadMustBePutTogetherBefore() {
    Begin loose = begin(new PartInput(List.of(content(1)), content(2), null), null);

    assertThatIllegalArgumentException().isThrownBy(() -> encoded(loose));
  }
}
