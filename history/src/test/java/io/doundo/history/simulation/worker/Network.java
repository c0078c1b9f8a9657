package io.doundo.history.simulation.worker;

import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.Scene;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.protocol.CommandAction;
import java.util.function.BiConsumer;

/**
 * The topics between orchestrator and workers. A topic keeps the order of its records, and two
 * topics are independent; a record may arrive late or twice, but it arrives. Answers that are not
 * keyed by their flow are moved to the flow's partition and arrive through another topic.
 */
public final class Network {

  private final Scene scene;
  private final long[][] lastDelivery;
  private final int[][] lastAttempt;
  private final BiConsumer<Boolean, Partition.Inbound> appendAnswer;
  private final boolean patient;
  private Worker[] workers = {};
  private int answersGiven;
  private int latestAnswer;

  /**
   * @param patient whether the orchestrator's timers wait for unread answers
   * @param appendAnswer accepts an answer, and whether it was keyed by its flow
   */
  public Network(
      Scene scene, boolean patient, BiConsumer<Boolean, Partition.Inbound> appendAnswer) {
    this.scene = scene;
    this.patient = patient;
    this.appendAnswer = appendAnswer;
    this.lastDelivery = new long[2][scene.definition().steps().size()];
    this.lastAttempt = new int[2][scene.definition().steps().size()];
  }

  public boolean isPatient() {
    return patient;
  }

  public void connect(Worker[] serving) {
    workers = serving;
  }

  /** Whether this attempt was visible before, sent by an aborted transaction. */
  public boolean hasSeen(DispatchStep command) {
    int action = command.action() == CommandAction.DO ? 0 : 1;
    return lastAttempt[action][command.step()] >= command.attempt();
  }

  /** Makes a command visible to its worker. */
  public void send(Sending sending) {
    DispatchStep command = sending.command();
    Dice dice = scene.dice();
    int action = command.action() == CommandAction.DO ? 0 : 1;
    int[] seen = lastAttempt[action];
    seen[command.step()] = Math.max(seen[command.step()], command.attempt());
    long[] last = lastDelivery[action];
    long at = Math.max(last[command.step()], scene.now() + latency());
    last[command.step()] = at;
    deliverAt(at, sending);
    if (dice.fault(scene.weather().duplicate())) {
      scene.coverage().count(Happening.DUPLICATE_COMMAND);
      deliverAt(at + dice.between(1, 600), sending.again());
    }
  }

  /** Delivers a command again, because its worker has not committed its offset. */
  public void redeliver(Sending sending) {
    deliverAt(scene.now() + scene.dice().between(1, 300), sending);
  }

  private void deliverAt(long at, Sending sending) {
    scene.timeline().at(at, () -> workers[sending.command().step()].deliver(sending));
  }

  /** Delivers an answer to the orchestrator, possibly twice. */
  public void answer(Partition.Inbound record) {
    boolean keyed = scene.dice().chance(700);
    int number = ++answersGiven;
    scene.timeline().after(latency(), () -> append(number, keyed, record));
    if (scene.dice().fault(scene.weather().duplicate())) {
      scene.coverage().count(Happening.DUPLICATE_ANSWER);
      scene.timeline().after(latency() + 5, () -> append(number, keyed, record));
    }
  }

  private void append(int number, boolean keyed, Partition.Inbound record) {
    if (number < latestAnswer) {
      scene.coverage().count(Happening.REORDERED_ANSWERS);
    }
    latestAnswer = Math.max(latestAnswer, number);
    appendAnswer.accept(keyed, record);
  }

  private long latency() {
    Dice dice = scene.dice();
    return dice.fault(scene.weather().delay()) ? dice.between(30, 900) : dice.below(8);
  }
}
