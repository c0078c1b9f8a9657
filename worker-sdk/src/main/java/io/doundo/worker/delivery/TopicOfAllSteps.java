package io.doundo.worker.delivery;

import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.UndoPayload;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.callee.Callee;
import io.doundo.worker.delivery.CalleeRun.CalleeServer;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A topic with the DO and UNDO commands of many steps, all carried out by one callee. */
record TopicOfAllSteps(String topic, Callee callee) implements CommandSource {

  @Override
  public Set<String> topics() {
    return Set.of(topic);
  }

  @Override
  public Optional<Command> command(ConsumerRecord<byte[], byte[]> record)
      throws MalformedRecordException {
    ReceivedCommand received =
        ReceivedCommand.decode(record.value(), record.key(), Command.lookup(record));
    String orchestration = received.orchestrationName();
    if (orchestration == null) {
      throw new MalformedRecordException("the command has no header \"orchestrationName\"");
    }
    StepServer server = new CalleeServer(new StepKey(orchestration, received.stepName()), callee);
    return Optional.of(
        new Command(record, received, new UndoPayload(received.payload(), null, false), server));
  }
}
