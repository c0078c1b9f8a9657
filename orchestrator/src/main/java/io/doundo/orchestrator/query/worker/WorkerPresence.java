package io.doundo.orchestrator.query.worker;

import io.doundo.orchestrator.play.Presence;
import io.doundo.orchestrator.play.Presence.Attachment;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.OrchestrationSummary;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.doundo.orchestrator.query.definition.OrchestrationView.OrchestrationStepView;
import io.doundo.orchestrator.query.tail.FlowFigures.Unanswered;
import io.doundo.orchestrator.query.worker.WorkerPage.Attached;
import io.doundo.orchestrator.query.worker.WorkerPage.WorkerRow;
import io.doundo.protocol.CommandAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The workers that are attached to the steps, as far as they were last seen. A worker that reads
 * without a consumer group cannot be seen: as long as its answers come, it is unknown whether the
 * step has a worker. Thread-safe.
 */
public final class WorkerPresence {

  /** Somebody has answered: for this long, a step without a group is not said to have no worker. */
  private static final long ANSWERED_LATELY_MS = 60_000;

  /** What was seen longer ago proves nothing. */
  private static final long FRESH_MS = 60_000;

  private final Definitions definitions;
  private final LastAnswers answers;
  private volatile SeenGroups groups =
      SeenGroups.unknown(Instant.EPOCH, "The consumer groups have not been looked at yet.");
  private volatile Map<StepAction, Long> unanswered = Map.of();

  /** The commands of one step in one direction, and where they are sent. */
  public record Command(String orchestration, String step, CommandAction action, String topic) {}

  private record StepAction(String orchestration, String step, CommandAction action) {}

  /** When this instance last committed an answer. */
  @FunctionalInterface
  public interface LastAnswers {

    /** In ms since the epoch; empty when there was none since the start. */
    OptionalLong of(String orchestration, String step, CommandAction action);
  }

  public WorkerPresence(Definitions definitions, LastAnswers answers) {
    this.definitions = definitions;
    this.answers = answers;
  }

  /** The topics of all commands, as the newest version of each orchestration sends them. */
  public List<Command> commands() {
    return definitions.all().stream()
        .map(OrchestrationSummary::name)
        .flatMap(name -> definitions.newest(name).stream())
        .flatMap(WorkerPresence::commands)
        .toList();
  }

  private static Stream<Command> commands(OrchestrationView orchestration) {
    return orchestration.allSteps().flatMap(step -> commands(orchestration.name(), step));
  }

  private static Stream<Command> commands(String orchestration, OrchestrationStepView step) {
    List<Command> commands = new ArrayList<>(2);
    if (step.doTopic() != null) {
      commands.add(new Command(orchestration, step.name(), CommandAction.DO, step.doTopic()));
      if (step.undoTopic() != null) {
        commands.add(new Command(orchestration, step.name(), CommandAction.UNDO, step.undoTopic()));
      }
    }
    return commands.stream();
  }

  /**
   * Replaces what was seen before.
   *
   * @param commands the oldest unanswered command of each step
   */
  public void saw(SeenGroups seen, List<Unanswered> commands) {
    Map<StepAction, Long> oldest = new HashMap<>();
    for (Unanswered command : commands) {
      oldest.merge(
          new StepAction(command.orchestration(), command.step(), command.action()),
          command.oldestSentAt(),
          Math::min);
    }
    groups = seen;
    unanswered = oldest;
  }

  /** The known workers of an orchestration, declared and attached. */
  public Presence presence(String orchestration, long now) {
    SeenGroups seen = groups;
    Map<String, Attachment> attachments = new HashMap<>();
    for (Command command : commands(orchestration).toList()) {
      if (attached(seen, command, now) != Attached.UNKNOWN) {
        attachments.put(command.topic(), attachment(seen.of(command.topic())));
      }
    }
    return definitions.presence(orchestration).with(attachments);
  }

  private static Attachment attachment(List<SeenGroups.Group> groups) {
    List<SeenGroups.Group> reading =
        groups.stream().filter(group -> !group.members().isEmpty()).toList();
    if (reading.isEmpty()) {
      return Attachment.NOBODY;
    }
    int members = reading.stream().mapToInt(group -> group.members().size()).sum();
    long unread = 0;
    for (SeenGroups.Group group : reading) {
      Long lag = group.committedLag();
      unread = Math.max(unread, lag == null ? 0 : lag);
    }
    return new Attachment(reading.stream().map(SeenGroups.Group::group).toList(), members, unread);
  }

  /** Whether somebody reads these commands, as far as it is known. */
  public Attached attached(Command command, long now) {
    return attached(groups, command, now);
  }

  private Attached attached(SeenGroups seen, Command command, long now) {
    if (now - seen.asOf().toEpochMilli() > FRESH_MS) {
      return Attached.UNKNOWN;
    }
    if (seen.of(command.topic()).stream().anyMatch(group -> !group.members().isEmpty())) {
      return Attached.YES;
    }
    OptionalLong answered = lastAnswer(command);
    boolean lately = answered.isPresent() && now - answered.getAsLong() < ANSWERED_LATELY_MS;
    boolean settling = seen.of(command.topic()).stream().anyMatch(SeenGroups.Group::isSettling);
    return seen.complete() && !lately && !settling ? Attached.NO : Attached.UNKNOWN;
  }

  private OptionalLong lastAnswer(Command command) {
    return answers.of(command.orchestration(), command.step(), command.action());
  }

  /**
   * The workers of every step that sends commands.
   *
   * @param orchestration null for all
   * @param now ms since the epoch
   */
  public WorkerPage page(@Nullable String orchestration, long now) {
    SeenGroups seen = groups;
    List<Command> commands = orchestration == null ? commands() : commands(orchestration).toList();
    Map<String, Presence> declared = new HashMap<>();
    List<WorkerRow> rows = new ArrayList<>();
    for (Command command : commands) {
      Presence presence = declared.computeIfAbsent(command.orchestration(), definitions::presence);
      Long oldest =
          unanswered.get(new StepAction(command.orchestration(), command.step(), command.action()));
      OptionalLong answered = lastAnswer(command);
      rows.add(
          new WorkerRow(
              command.orchestration(),
              command.step(),
              command.action(),
              command.topic(),
              attached(seen, command, now),
              seen.of(command.topic()),
              presence.of(command.step()),
              answered.isEmpty() ? null : Instant.ofEpochMilli(answered.getAsLong()),
              oldest == null ? null : Instant.ofEpochMilli(oldest)));
    }
    long lag = Math.max(0, now - seen.asOf().toEpochMilli());
    return new WorkerPage(rows, seen.asOf(), lag, seen.complete(), seen.note());
  }

  private Stream<Command> commands(String orchestration) {
    return definitions.newest(orchestration).stream().flatMap(WorkerPresence::commands);
  }
}
