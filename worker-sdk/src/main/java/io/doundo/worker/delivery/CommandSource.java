package io.doundo.worker.delivery;

import io.doundo.protocol.json.MalformedRecordException;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Which topics carry which commands. Immutable. */
interface CommandSource {

  Set<String> topics();

  /**
   * The command in a record; empty when it is for another service.
   *
   * @throws MalformedRecordException when it is no command, or not one for this topic
   */
  Optional<Command> command(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException;
}
