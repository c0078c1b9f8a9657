package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowOrigin;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowTimes;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.StepState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Flows in every possible state, byte for byte as each version stored them: a release reads
 * everything that earlier ones wrote. The files are never rewritten.
 */
class StoredFlowStatesTest {

  /** A stored flow, and its expected content. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  private record Stored(String name, byte[] bytes, String text) {}

  private static List<Stored> stored(int version) {
    String name = "/stored-flows/version-" + version + ".txt";
    try (InputStream file = StoredFlowStatesTest.class.getResourceAsStream(name)) {
      assertThat(file).as(name).isNotNull();
      List<String> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      List<Stored> flows = new ArrayList<>();
      for (int i = 0; i + 2 < lines.size(); i += 3) {
        byte[] bytes = HexFormat.of().parseHex(lines.get(i + 1));
        flows.add(new Stored(lines.get(i).substring(2), bytes, lines.get(i + 2)));
      }
      return flows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, FlowStateCodec.VERSION})
  void stateStoredByEveryVersionIsRead(int version) {
    List<Stored> flows = stored(version);
    assertThat(flows).hasSizeGreaterThan(25);
    for (Stored flow : flows) {
      StoredFlow read = FlowStateCodec.decode(flow.bytes());
      assertThat(flow.bytes()[1]).as(flow.name()).isEqualTo((byte) version);
      assertThat(text(read)).as(flow.name()).isEqualTo(flow.text());
      assertThat(FlowStateCodec.decodeHead(flow.bytes())).as(flow.name()).isEqualTo(read.head());
      assertThat(FlowStateCodec.decodeFront(flow.bytes()))
          .as(flow.name())
          .isEqualTo(FlowFront.of(read));
      byte[] again = FlowStateCodec.encode(read.state(), read.searchValue(), read.contents());
      assertThat(text(FlowStateCodec.decode(again))).as(flow.name()).isEqualTo(flow.text());
    }
  }

  @Test
  void theNewestVersionIsWrittenByteForByte() {
    for (Stored flow : stored(FlowStateCodec.VERSION)) {
      StoredFlow read = FlowStateCodec.decode(flow.bytes());
      assertThat(FlowStateCodec.encode(read.state(), read.searchValue(), read.contents()))
          .as(flow.name())
          .isEqualTo(flow.bytes());
    }
  }

  /** The blocks may add the bytes of their lengths, and nothing else. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aFlowGrowsOnlyByTheLengthsOfItsSteps(int version) {
    for (Stored flow : stored(version)) {
      StoredFlow read = FlowStateCodec.decode(flow.bytes());
      boolean hadControlIds = version == 1 && !read.state().notes().equals(FlowNotes.NONE);
      if (!hadControlIds) {
        byte[] now = FlowStateCodec.encode(read.state(), read.searchValue(), read.contents());
        int lengths =
            read.state().steps().stream()
                .mapToInt(step -> step.equals(StepState.PENDING) ? 0 : 2)
                .sum();
        assertThat(now.length - flow.bytes().length).as(flow.name()).isLessThanOrEqualTo(lengths);
      }
    }
  }

  private static String text(StoredFlow stored) {
    FlowState state = stored.state();
    FlowOrigin origin = state.origin();
    FlowTimes times = state.times();
    StringJoiner text = new StringJoiner("|");
    text.add(state.flowId()).add(state.incarnation()).add(state.orchestrationName());
    text.add(state.definition() == null ? "-" : state.definition().toString());
    text.add(state.status().name()).add(String.valueOf(state.parkReason()));
    text.add(String.valueOf(state.paused())).add(state.reason()).add(state.cancelReason());
    text.add(origin.initiator()).add(text(origin.payload())).add(text(origin.headers()));
    text.add(origin.digest()).add(String.valueOf(origin.startedAt()));
    text.add(String.valueOf(times.updatedAt())).add(String.valueOf(times.endedAt()));
    text.add(String.valueOf(times.deadlineAt())).add(String.valueOf(times.wakeAt()));
    text.add(String.valueOf(state.turns().sent())).add(String.valueOf(state.turns().undo()));
    text.add(String.valueOf(state.turns().undoCommitted()));
    text.add(String.valueOf(state.transitions()));
    state.steps().forEach(step -> text.add(text(step)));
    FlowNotes notes = state.notes();
    text.add(notes.turnedBack());
    for (ControlOutcome outcome : notes.controls()) {
      text.add(outcome.id() + "/" + outcome.transition() + "/" + outcome.refusal());
    }
    text.add(String.valueOf(notes.ignoredAnswers())).add(String.valueOf(notes.incidents()));
    text.add(notes.lastIncident()).add(stored.searchValue());
    text.add(new TreeSet<>(stored.contents().keySet()).toString());
    return text.toString();
  }

  private static String text(StepState step) {
    Outside outside = step.outside();
    StringJoiner text = new StringJoiner(",", "[", "]");
    text.add(step.status().name()).add(step.effect().name());
    text.add(String.valueOf(step.generation()));
    text.add(text(outside.doing())).add(text(outside.undoing()));
    text.add(String.valueOf(outside.openAttempt()));
    text.add(String.valueOf(outside.succeededAttempt()));
    text.add(String.valueOf(outside.armedTurn())).add(String.valueOf(step.dueAt()));
    text.add(String.valueOf(step.startedAt())).add(String.valueOf(step.endedAt()));
    text.add(text(step.result())).add(text(step.input())).add(text(step.undoInput()));
    return text.add(step.error()).add(outside.worker()).toString();
  }

  private static String text(Attempts attempts) {
    return attempts.sent() + "/" + attempts.base() + "/" + attempts.answers();
  }

  private static String text(@Nullable Content content) {
    return content == null ? "-" : content.digest() + "/" + content.size() + "/" + content.object();
  }
}
