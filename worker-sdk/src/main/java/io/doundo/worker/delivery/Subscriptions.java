package io.doundo.worker.delivery;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.worker.binding.ServedStep;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.delivery.HandlerRun.HandlerServer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The topics of the steps that the handlers of this application serve. Immutable. */
final class Subscriptions implements CommandSource {

  private record TopicRoute(ServedStep step, CommandAction action) {}

  private final Map<String, TopicRoute> ownTopics = new HashMap<>();
  private final Map<StepKey, ServedStep> shared = new HashMap<>();

  Subscriptions(Collection<ServedStep> steps) {
    for (ServedStep step : steps) {
      StepKey key = step.key();
      if (step.sharedTopic()) {
        shared.put(key, step);
        continue;
      }
      if (step.doHandler() != null) {
        ownTopics.put(
            Topics.doTopic(key.orchestration(), key.step()),
            new TopicRoute(step, CommandAction.DO));
      }
      if (step.undoHandler() != null) {
        ownTopics.put(
            Topics.undoTopic(key.orchestration(), key.step()),
            new TopicRoute(step, CommandAction.UNDO));
      }
    }
  }

  @Override
  public Set<String> topics() {
    Set<String> topics = new TreeSet<>(ownTopics.keySet());
    if (!shared.isEmpty()) {
      topics.add(Topics.SHARED_EVENT);
    }
    return topics;
  }

  /**
   * The command in a record; empty when it is for another service, as most on the shared topic are.
   *
   * @throws MalformedRecordException when it is no command, or not one for this topic
   */
  @Override
  public Optional<Command> command(ConsumerRecord<byte[], byte[]> record)
      throws MalformedRecordException {
    ReceivedCommand received =
        ReceivedCommand.decode(record.value(), record.key(), Command.lookup(record));
    TopicRoute route = ownTopics.get(record.topic());
    if (route == null) {
      return onSharedTopic(record, received);
    }
    StepKey key = route.step().key();
    String orchestration = received.orchestrationName();
    if (!received.stepName().equals(key.step())
        || received.action() != route.action()
        || (orchestration != null && !orchestration.equals(key.orchestration()))) {
      throw new MalformedRecordException(
          "the command is for %s of step %s of %s, but it arrived on the topic of %s of %s"
              .formatted(
                  received.action(), received.stepName(), orchestration, route.action(), key));
    }
    return Optional.of(Command.of(record, received, new HandlerServer(route.step())));
  }

  private Optional<Command> onSharedTopic(
      ConsumerRecord<byte[], byte[]> record, ReceivedCommand received)
      throws MalformedRecordException {
    String orchestration = received.orchestrationName();
    if (orchestration == null) {
      return Optional.empty();
    }
    ServedStep step = shared.get(new StepKey(orchestration, received.stepName()));
    if (step == null) {
      return Optional.empty();
    }
    boolean served =
        received.action() == CommandAction.DO
            ? step.doHandler() != null
            : step.undoHandler() != null;
    return served
        ? Optional.of(Command.of(record, received, new HandlerServer(step)))
        : Optional.empty();
  }
}
