package io.doundo.orchestrator.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.state.FlowStatus;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FlowStubTest {

  private static final FlowStub STUB =
      new FlowStub(
          FlowStatus.COMPLETED,
          Digests.of("incarnation".getBytes(UTF_8)),
          Digests.of("start".getBytes(UTF_8)),
          7,
          1_795_000_000_000L,
          1_795_000_100_000L,
          1_795_000_000_123L);

  @Test
  void itComesBackAsItWas() {
    assertThat(FlowStub.decode(STUB.encode())).isEqualTo(STUB);
    assertThat(STUB.encode()).hasSizeLessThan(64);
  }

  @Test
  void oneOfTheFirstVersionWasArchivedWhenItsFlowEnded() {
    byte[] bytes = STUB.encode();
    ByteWriter time = new ByteWriter(16);
    time.writeNumber(STUB.archivedAt());
    byte[] first = Arrays.copyOf(bytes, bytes.length - time.toByteArray().length);
    first[0] = 1;
    FlowStub decoded = FlowStub.decode(first);
    assertThat(decoded.archivedAt()).isEqualTo(STUB.endedAt());
    assertThat(decoded.undoableUntil()).isEqualTo(STUB.undoableUntil());
  }

  @Test
  void aNewerOneIsRefused() {
    byte[] bytes = STUB.encode();
    bytes[0] = 3;
    assertThatThrownBy(() -> FlowStub.decode(bytes)).isInstanceOf(NewerSchemaException.class);
  }
}
