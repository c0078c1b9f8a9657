package io.doundo.history;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.history.LedgerLine.Kind;
import io.doundo.history.LedgerLine.Report;
import io.doundo.orchestrator.audit.EventJson;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.Expectation;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A history is read back as it was written, and half a history is not read at all. */
class HistoryFilesTest {

  private static final Orchestration DEFINITION = chain("order", "reserve", "charge");
  private static final String ODD = "a \"text\"\n\twith \u2028 breaks, \\ and \uD83D\uDE80";
  private static final Content CONTENT = new Content("0123456789abcdef", 42, true);
  private static final Content SCALAR = new Content("fedcba9876543210", 3, false);

  @TempDir Path directory;

  /** One record with every optional field, and one with none of them. */
  private static List<FlowEvent> events() {
    AnswerOf marked = new AnswerOf("00ff", 3, true, true, "2.3.1", 1_795_255_200_123L, 4_200);
    List<FlowEvent> events = new ArrayList<>();
    events.add(new FlowStarted(1, "flow", "life", "order", CONTENT, "start", "shop"));
    events.add(new FlowStarted(2, "flow", "life", "order", SCALAR, "start", null));
    events.add(new FlowStarted(2, "flow", "life", "order", SCALAR, "start", null, CONTENT));
    events.add(new DefinitionFound(3));
    events.add(new StepSucceeded(4, "reserve", CommandAction.DO, marked, CONTENT, "worker-1"));
    events.add(new StepSucceeded(5, "reserve", CommandAction.UNDO, AnswerOf.UNMARKED, null, null));
    for (FailureKind kind : FailureKind.values()) {
      events.add(new StepFailed(6, "reserve", CommandAction.DO, marked, kind, ODD, "worker-1"));
      events.add(new StepFailed(7, "reserve", null, AnswerOf.UNMARKED, kind, null, null));
      events.add(
          new StepFailed(7, "reserve", CommandAction.DO, marked, kind, ODD, null, 12_345, true));
    }
    events.add(new EffectLanded(8, "charge", CommandAction.DO, marked, SCALAR, "worker-1"));
    events.add(new EffectLanded(9, "charge", CommandAction.UNDO, marked, null, null));
    events.add(new TimeReached(Long.MAX_VALUE));
    events.add(new TurnCommitted(10, 7));
    events.add(new DispatchImpossible(11, "charge", CommandAction.DO, 2, true, ODD));
    events.add(new DispatchImpossible(12, "charge", CommandAction.UNDO, 1, false, ""));
    events.add(new FlowEvent.DispatchHeld(12, "charge", CommandAction.UNDO, 3, "partner"));
    events.add(new FlowEvent.HoldEnded(12, "charge"));
    events.add(new FlowEvent.EngineFailed(12, ODD));
    events.add(
        new FlowEvent.EngineFailed(
            12, ODD, new PartLink(ODD, "3".repeat(32), "items", 2, 7), true, List.of()));
    for (Purpose purpose : Purpose.values()) {
      events.add(new Evaluated(12, "charge", purpose, new Evaluation.Truth(true)));
      events.add(new Evaluated(12, "charge", purpose, new Evaluation.Value(CONTENT)));
      events.add(new Evaluated(12, "charge", purpose, new Evaluation.Value(null)));
      events.add(new Evaluated(12, "charge", purpose, new Evaluation.Chosen(2)));
      events.add(new Evaluated(12, "charge", purpose, new Evaluation.Millis(2_000)));
      events.add(
          new Evaluated(
              12, "charge", purpose, new Evaluation.Asked(ODD, "ann", List.of("bob", ODD))));
      events.add(new Evaluated(12, "charge", purpose, new Evaluation.Asked("t", null, List.of())));
      events.add(new Evaluated(12, "", purpose, new Evaluation.Failed(ODD)));
    }
    addOfSeveralFlows(events);
    for (Resolution resolution : Resolution.values()) {
      events.add(
          new ControlRequested(
              13, "r", ControlAction.RESOLVE, "charge", null, resolution, null, null, null, 3));
    }
    events.add(new FlowEvent.SignalReceived(14, ODD, "approved", CONTENT, ODD));
    events.add(new FlowEvent.SignalReceived(14, "c", "approved", null, null));
    events.add(new FlowEvent.SignalReceived(14, "c", "approved", null, "bot", true, "ann"));
    events.add(
        new FlowEvent.SignalReceived(
            14, "c", "approved", null, "ann", true, null, List.of("ann", ODD)));
    events.add(
        new ControlRequested(
            13,
            "a",
            ControlAction.ASSIGN,
            "charge",
            null,
            Resolution.DONE,
            null,
            "ann",
            null,
            null,
            "ann",
            List.of("ann", ODD)));
    for (String assignee : Arrays.asList("ann", null)) {
      events.add(
          new ControlRequested(
              13,
              "a",
              ControlAction.ASSIGN,
              "check",
              null,
              Resolution.DONE,
              null,
              "bob",
              null,
              null,
              assignee));
    }
    for (ControlAction verb : ControlAction.VERBS) {
      events.add(
          new ControlRequested(
              13, "c-" + verb, verb, "charge", CONTENT, Resolution.NO_EFFECT, ODD, "ann"));
      events.add(
          new ControlRequested(14, "d-" + verb, verb, null, null, Resolution.DONE, null, null));
      Expectation expect = new Expectation(Set.of(FlowStatus.PARKED, FlowStatus.UNDOING), 7);
      events.add(
          new ControlRequested(
              15, "e-" + verb, verb, null, null, Resolution.DONE, null, null, expect));
    }
    return events;
  }

  private static void addOfSeveralFlows(List<FlowEvent> events) {
    DefinitionId definition = new DefinitionId("order", "0123456789abcdef");
    PartLink link = new PartLink("flow", "life", "items", 2, 3);
    Signal signal = new Signal("approved", "c", CONTENT, "ann", 14, true, ODD, List.of(1));
    for (PartOf part :
        List.of(
            new PartOf(link, "root", 2, definition, "items/inner", CONTENT),
            new PartOf(link, "root", 1, definition, null, null))) {
      events.add(
          new FlowStarted(
              2, "flow~items~3", "life", "order", SCALAR, "start", null, null, null, part, ODD));
    }
    for (PartStatus status : PartStatus.values()) {
      events.add(
          new FlowEvent.ChildMoved(
              16,
              link,
              7,
              status,
              true,
              true,
              Long.MAX_VALUE,
              CONTENT,
              ODD,
              List.of("gift", ODD),
              List.of(signal),
              List.of("approved")));
      events.add(
          new FlowEvent.ChildMoved(
              16, link, 7, status, false, false, 0, null, null, List.of(), List.of(), List.of()));
      events.add(
          new FlowEvent.ChildMoved(
              16, link, 7, status, true, false, -1, null, null, List.of(), List.of(), List.of()));
    }
    for (ParentVerb verb : ParentVerb.values()) {
      events.add(new FlowEvent.ParentAsked(17, link, verb, ODD, Long.MAX_VALUE));
      events.add(new FlowEvent.ParentAsked(17, link, verb, null, 0));
    }
    events.add(new FlowEvent.SignalHanded(18, link, signal));
    for (Content content : Arrays.asList(CONTENT, null)) {
      PartsPlan plan =
          new PartsPlan(4, content == null ? null : definition, content, content, content);
      events.add(new Evaluated(12, "items", Purpose.PARTS, new Evaluation.Planned(plan, content)));
      events.add(
          new Evaluated(
              12,
              "watch",
              Purpose.NEXT,
              new Evaluation.Round(content, content == null, plan.flow(), plan.captured())));
    }
  }

  /** Records as written before starts had headers and controls had expectations. */
  @Test
  void earlierEventsAreRead() throws MalformedRecordException {
    assertThat(
            EventJson.read(
                json(
                    "{\"type\":\"FlowStarted\",\"at\":1,\"flowId\":\"flow\",\"incarnation\":\"life\","
                        + "\"orchestrationName\":\"order\",\"payload\":{\"digest\":"
                        + "\"fedcba9876543210\",\"size\":3,\"object\":false},\"startDigest\":\"start\"}")))
        .isEqualTo(new FlowStarted(1, "flow", "life", "order", SCALAR, "start", null));
    assertThat(
            EventJson.read(
                json(
                    "{\"type\":\"StepFailed\",\"at\":3,\"step\":\"charge\",\"action\":\"DO\","
                        + "\"answerOf\":{\"attempt\":0,\"vouched\":false},\"kind\":\"FAILED\"}")))
        .isEqualTo(
            new StepFailed(
                3,
                "charge",
                CommandAction.DO,
                AnswerOf.UNMARKED,
                FailureKind.FAILED,
                null,
                null,
                0,
                false));
    assertThat(
            EventJson.read(
                json(
                    "{\"type\":\"ControlRequested\",\"at\":14,\"controlId\":\"c\",\"verb\":\"PAUSE\","
                        + "\"resolution\":\"DONE\"}")))
        .isEqualTo(
            new ControlRequested(
                14, "c", ControlAction.PAUSE, null, null, Resolution.DONE, null, null));
  }

  private static List<Transition> transitions() {
    List<Transition> transitions = new ArrayList<>();
    for (FlowEvent event : events()) {
      int number = transitions.size() + 1;
      FlowStatus status = pick(FlowStatus.values(), number);
      List<PublishFlowEvent> entries = new ArrayList<>();
      FlowEventType type = pick(FlowEventType.values(), number);
      entries.add(
          new PublishFlowEvent(type, "charge", CommandAction.UNDO, 2, 3, 17, "worker-1", ODD));
      entries.add(new PublishFlowEvent(type, null, null, 0, 0, -1, null, null));
      transitions.add(
          new Transition(
              place("events", number),
              "flow",
              "life",
              "order",
              number == 1 ? null : DEFINITION.id().header(),
              number,
              status,
              event,
              number % 3 == 0 ? List.of() : entries));
    }
    return transitions;
  }

  private static <T> T pick(T[] all, int number) {
    return all[number % all.length];
  }

  private static RecordPosition place(String topic, long offset) {
    return new RecordPosition(topic, 3, offset, 1_000 + offset);
  }

  private static RecordedAnswer answered(
      long offset, @Nullable RawJson payload, @Nullable Outcome outcome) {
    boolean marked = outcome != null;
    return new RecordedAnswer(
        place("response", offset),
        new Answer(
            "flow",
            "reserve",
            marked ? AnswerAction.DO : AnswerAction.FAIL_STEP,
            marked,
            marked ? null : ODD,
            marked ? 3 : 0,
            marked ? "00ff" : null,
            outcome,
            marked ? "worker-1" : null,
            payload));
  }

  private static RawJson json(String text) {
    try {
      return Json.value(text.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedRecordException e) {
      throw new AssertionError(text, e);
    }
  }

  private static RecordedControl asked(long offset, ControlCommand control) {
    return new RecordedControl(place("control", offset), control);
  }

  private static List<RecordedControl> controls() {
    ControlCommand.Resolution resolution =
        new ControlCommand.Resolution(
            ControlCommand.ResolvedOutcome.NO_EFFECT, json("{\n  \"by\" : \"hand\"\n}"));
    return List.of(
        asked(
            1,
            new ControlCommand(
                "c", "flow", ControlAction.RESOLVE, "charge", null, resolution, ODD, "ann")),
        asked(
            2,
            new ControlCommand(
                null, "flow", ControlAction.RETRY, null, json("[1,\n2]"), null, null, null)));
  }

  private static History history() {
    List<RecordedAnswer> answers =
        List.of(
            answered(
                1, json("{\n  \"big\" : 12345678901234567890.10,\r\n  \"a\" : [ ]\n}"), Outcome.OK),
            answered(2, RawJson.NULL, Outcome.LATE_EFFECT),
            answered(3, json("\"" + "line\\nbreak" + "\""), Outcome.UNDONE),
            answered(4, null, null));
    LedgerLine bare =
        new LedgerLine(
            "e1",
            5,
            9,
            "flow",
            "charge",
            CommandAction.DO,
            1,
            1,
            null,
            Kind.CREATED,
            Report.UNKNOWN);
    LedgerLine whole =
        new LedgerLine(
            "e2",
            5,
            9,
            ODD,
            "charge",
            CommandAction.UNDO,
            2,
            3,
            ODD,
            Kind.REMOVED,
            Report.ANSWERED);
    return new History(
        Map.of(DEFINITION.id().header(), DEFINITION),
        List.of(new RecordedStart(place("start", 1), "flow", "order")),
        List.of(
            new RecordedCommand(
                place("do", 1), true, "flow", "life", "charge", CommandAction.DO, 1, 1, "00ff"),
            new RecordedCommand(
                place("do", 2), false, "flow", null, "charge", CommandAction.UNDO, 2, 3, null)),
        answers,
        controls(),
        List.of(new RecordedTurn(place("rekey", 1), "flow", "life", 7)),
        transitions(),
        List.of(new RecordedDeadLetter(place("dead", 1), place("response", 9), ODD)),
        List.of(new UnreadableRecord(place("response", 9), ODD)),
        List.of(bare, whole),
        List.of(new StepWorker("order", "charge", StepWorker.Kind.ECHOES_NOTHING)),
        List.of(FaultWindow.fenceLost(1, 2), new FaultWindow(3, 4, ODD, "flow", "charge")),
        Map.of("response-3", 10L, "start-0", 2L),
        new History.Quiet(50, 60, true));
  }

  @Test
  void everythingWrittenIsReadBackEqual() throws IOException {
    History history = history();

    HistoryFiles.write(directory, history);

    assertThat(HistoryFiles.read(directory)).isEqualTo(history);
  }

  @Test
  void everyEventIsThere() {
    assertThat(events())
        .extracting(Object::getClass)
        .map(Class.class::cast)
        .contains(FlowEvent.class.getPermittedSubclasses());
  }

  @Test
  void anEmptyHistoryIsReadBackEqual() throws IOException {
    History empty =
        new History(
            Map.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            History.Quiet.NEVER);

    HistoryFiles.write(directory, empty);

    assertThat(HistoryFiles.read(directory)).isEqualTo(empty);
  }

  @Test
  void aHistoryWithoutItsEndingIsNotRead() throws IOException {
    HistoryFiles.write(directory, history());
    Files.delete(directory.resolve("ending.jsonl"));

    assertThatThrownBy(() -> HistoryFiles.read(directory)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aHistoryWithAnEmptyEndingIsNotRead() throws IOException {
    HistoryFiles.write(directory, history());
    Files.writeString(directory.resolve("ending.jsonl"), "");

    assertThatThrownBy(() -> HistoryFiles.read(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no ending");
  }

  @Test
  void aLineThatWasCutIsNamed() throws IOException {
    HistoryFiles.write(directory, history());
    Path answers = directory.resolve("answers.jsonl");
    List<String> lines = Files.readAllLines(answers);
    Files.writeString(answers, lines.get(0) + "\n" + lines.get(1).substring(0, 20));

    assertThatThrownBy(() -> HistoryFiles.read(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2 of the answers");
  }
}
