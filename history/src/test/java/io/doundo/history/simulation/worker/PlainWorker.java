package io.doundo.history.simulation.worker;

import io.doundo.history.LedgerLine.Report;
import io.doundo.history.StepWorker;
import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.Scene;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A plain Kafka client: no fence, no command id. It runs every command on each delivery, several at
 * once, and answers late or never. Its DO creates an object named by flow and step; its UNDO
 * removes it, and succeeds if there is none.
 *
 * <p>It keeps promises without which no orchestrator could work. Its failure means that the attempt
 * had no effect (unless the step is {@code undoFailed}); so an attempt that had an effect and was
 * not answered is not answered as failed or unchanged on a later delivery. It does not drop an UNDO
 * that it has answered before. A command that has left an effect, answered or not, is not answered
 * with {@code FAIL_STEP}, which does not say whether a DO or an UNDO failed.
 */
public final class PlainWorker implements Worker {

  private final Scene scene;
  private final Network network;
  private final Step step;
  private final FinerAnswers finer;
  private final boolean echoesAttempt;
  private final Ledger ledger;
  private final BitSet silentlyDone = new BitSet();
  private final BitSet deniedDone = new BitSet();
  private final BitSet undone = new BitSet();
  private boolean undoDenied;

  public PlainWorker(
      Scene scene, Network network, Step step, boolean echoesAttempt, FinerAnswers finer) {
    this.scene = scene;
    this.network = network;
    this.step = step;
    this.echoesAttempt = echoesAttempt;
    this.finer = finer;
    this.ledger = new Ledger(scene);
  }

  @Override
  public StepWorker.Kind kind() {
    return echoesAttempt ? StepWorker.Kind.ECHOES_ATTEMPT : StepWorker.Kind.ECHOES_NOTHING;
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public String describe() {
    return "plain, echoes " + (echoesAttempt ? "the attempt" : "nothing");
  }

  @Override
  public void deliver(Sending sending) {
    DispatchStep command = sending.command();
    Dice dice = scene.dice();
    long took = dice.fault(scene.weather().delay()) ? dice.between(50, 1_500) : dice.below(12);
    if (command.action() == CommandAction.DO) {
      doIt(sending, took);
    } else {
      undoIt(sending, took);
    }
  }

  private void doIt(Sending sending, long took) {
    DispatchStep command = sending.command();
    Dice dice = scene.dice();
    int attempt = command.attempt();
    if (dice.fault(scene.weather().silence())) {
      scene.coverage().count(Happening.SILENT_DO);
      boolean done = !deniedDone.get(attempt) && !undoDenied && dice.chance(600);
      silentlyDone.set(attempt, silentlyDone.get(attempt) || done);
      finish(sending, took, done, true, null);
    } else if (!silentlyDone.get(attempt) && dice.fault(scene.weather().failure())) {
      scene.coverage().count(Happening.DO_FAILED);
      deniedDone.set(attempt);
      boolean leavesBehind = step.undoFailed() && dice.chance(500);
      finish(sending, took, leavesBehind, false, failure(command, !leavesBehind));
    } else if (finer.findsUnchanged()) {
      boolean inDoubt = silentlyDone.get(attempt);
      if (!inDoubt) {
        deniedDone.set(attempt);
      }
      finish(sending, took, false, false, unchanged(command, scene.anyResult(), inDoubt));
    } else {
      finish(sending, took, true, false, success(command, scene.anyResult()));
    }
  }

  private void undoIt(Sending sending, long took) {
    DispatchStep command = sending.command();
    Dice dice = scene.dice();
    int attempt = command.attempt();
    if (dice.fault(scene.weather().silence())) {
      scene.coverage().count(Happening.SILENT_UNDO);
      boolean done = undone.get(attempt) || dice.chance(500);
      finish(sending, took, done, true, null);
    } else if (dice.fault(scene.weather().undoFailure())) {
      Partition.Inbound failure = failure(command, silentlyDone.isEmpty());
      scene.coverage().count(Happening.UNDO_FAILED);
      undoDenied = true;
      finish(sending, took, dice.chance(300), false, failure);
    } else {
      undone.set(attempt);
      finish(sending, took, true, false, success(command, null));
    }
  }

  private void finish(
      Sending sending,
      long took,
      boolean done,
      boolean silent,
      Partition.@Nullable Inbound answer) {
    DispatchStep command = sending.command();
    Dice dice = scene.dice();
    boolean contradicts =
        done && command.action() == CommandAction.DO && deniedDone.get(command.attempt());
    boolean lost = answer != null && !contradicts && dice.fault(scene.weather().loss());
    if (lost && done && command.action() == CommandAction.DO) {
      silentlyDone.set(command.attempt());
    }
    long began = scene.now();
    scene
        .timeline()
        .after(
            took,
            () -> {
              Report report = answer != null && !lost ? Report.ANSWERED : Report.UNANSWERED;
              if (done) {
                ledger.landed(command, began, report);
              } else {
                ledger.didNothing(command, began, report);
              }
              scene
                  .story()
                  .tell(
                      scene.timeline(),
                      "worker " + step.name(),
                      () ->
                          (done ? "has done " : "has not done ")
                              + command.action()
                              + " attempt "
                              + command.attempt()
                              + (silent ? ", says nothing" : lost ? ", its answer is lost" : ""));
              if (lost) {
                scene.coverage().count(Happening.LOST_ANSWER);
                network.redeliver(sending);
              } else if (answer != null) {
                network.answer(answer);
              }
            });
  }

  private AnswerOf answerOf(DispatchStep command) {
    return echoesAttempt ? new AnswerOf(null, command.attempt(), false) : AnswerOf.UNMARKED;
  }

  private Partition.Inbound success(DispatchStep command, @Nullable Content result) {
    if (command.action() == CommandAction.DO && scene.dice().fault(scene.weather().unsendable())) {
      scene.coverage().count(Happening.RESULT_TOO_LARGE);
      return at ->
          new StepFailed(
              at,
              step.name(),
              CommandAction.DO,
              answerOf(command),
              FailureKind.RESULT_TOO_LARGE,
              "result too large",
              null);
    }
    return at ->
        new StepSucceeded(at, step.name(), command.action(), answerOf(command), result, null);
  }

  private Partition.Inbound unchanged(
      DispatchStep command, @Nullable Content result, boolean inDoubt) {
    return at ->
        new StepSucceeded(
            at, step.name(), CommandAction.DO, answerOf(command), result, null, true, inDoubt);
  }

  private Partition.Inbound failure(DispatchStep command, boolean mayBeFinal) {
    boolean failStep = mayBeFinal && scene.dice().chance(200);
    CommandAction said = failStep ? null : command.action();
    FailureKind kind = failStep ? FailureKind.FINAL : FailureKind.FAILED;
    String error = scene.anyError();
    long pause = finer.pause();
    return at ->
        new StepFailed(
            at,
            step.name(),
            said,
            answerOf(command),
            kind,
            error,
            null,
            pause == 0 ? 0 : at + pause,
            false);
  }
}
