package io.doundo.orchestrator.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.Content;
import io.doundo.orchestrator.core.Evidence;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.core.ParkReason;
import io.doundo.orchestrator.core.StepState;
import io.doundo.orchestrator.core.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlowStateCodecTest {

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
    }
  }

  @Test
  void aNewerSchemaIsRefusedWithAClearError() {
    byte[] bytes = FlowStateCodec.encode(anyState(), null, Map.of());
    bytes[1] = FlowStateCodec.VERSION + 1;
    assertThatThrownBy(() -> FlowStateCodec.decode(bytes))
        .isInstanceOf(NewerSchemaException.class)
        .hasMessageContaining("schema version 2")
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
    FlowState state = state(FlowStatus.IN_PROGRESS, payload, steps);
    assertThat(FlowStateCodec.encode(state, null, Map.of())).hasSizeLessThan(250);
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
    return new FlowState(
        "flow-é-" + random.nextInt(),
        Digests.of(bytes()),
        "order",
        random.nextBoolean() ? null : new DefinitionId("order", "0123456789abcdef"),
        status,
        random.nextBoolean() ? null : reasons[random.nextInt(reasons.length)],
        random.nextBoolean(),
        anyText(),
        anyText(),
        anyText(),
        start,
        random.nextBoolean() ? Digests.of(bytes()) : "not a digest",
        time(),
        time(),
        time(),
        time(),
        time(),
        random.nextInt(1_000),
        random.nextInt(1_000),
        random.nextBoolean(),
        random.nextInt(100_000),
        steps,
        List.of("control-1", "control-2").subList(0, random.nextInt(3)));
  }

  private StepState anyStep() {
    StepStatus[] statuses = StepStatus.values();
    Evidence[] evidence = Evidence.values();
    return new StepState(
        statuses[random.nextInt(statuses.length)],
        evidence[random.nextInt(evidence.length)],
        random.nextInt(10),
        random.nextInt(2_000),
        random.nextInt(2_000),
        random.nextInt(2_000),
        random.nextInt(2_000),
        random.nextInt(2_000),
        random.nextInt(2_000),
        random.nextInt(2_000),
        random.nextInt(2_000),
        random.nextInt(2_000),
        time(),
        time(),
        time(),
        maybeContent(),
        maybeContent(),
        maybeContent(),
        anyText(),
        anyText());
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
