package io.doundo.orchestrator.resend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.SenderMark;
import io.doundo.protocol.json.RawJson;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes the record by which a dead letter is sent again, checked against what is registered now.
 * Thread-safe.
 */
public final class Resender {

  private final Definitions definitions;
  private final SenderMark senderMark;
  private final Clock clock;

  public Resender(Definitions definitions, SenderMark senderMark, Clock clock) {
    this.definitions = definitions;
    this.senderMark = senderMark;
    this.clock = clock;
  }

  /**
   * A dead letter as it would be sent again.
   *
   * @param by the operator
   * @param reason why, or null
   * @throws ResendRefusedException when it must not be sent
   */
  public Resend resend(StoredDeadLetter letter, ResendEdit edit, String by, @Nullable String reason)
      throws ResendRefusedException {
    return Resend.of(
        letter,
        edit,
        new Resend.Sender(
            by,
            reason,
            definitions::isTopicOfStep,
            definitions::isTopicOfTrigger,
            this::problemsOfStart));
  }

  private List<String> problemsOfStart(String orchestration, RawJson payload) {
    OrchestrationStatus status = definitions.status(orchestration).orElse(null);
    if (status == null) {
      return List.of("The orchestration \"%s\" is not registered.".formatted(orchestration));
    }
    if (status != OrchestrationStatus.ACTIVE) {
      return List.of(
          "The orchestration \"%s\" is %s and accepts no starts."
              .formatted(orchestration, status.word()));
    }
    return definitions.violations(orchestration, payload);
  }

  /** The record to write. A signal is marked, so that its sender counts as authenticated. */
  public ProducerRecord<byte[], byte[]> record(Resend resend) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(resend.topic(), resend.key(), resend.value());
    resend.headers().forEach(header -> record.headers().add(header.name(), header.value()));
    ControlCommand command = resend.command();
    if (command != null && command.action() == ControlAction.SIGNAL) {
      String mark = senderMark.of(resend.value(), clock.millis());
      record.headers().add(RecordHeaders.SENDER_MARK, mark.getBytes(UTF_8));
    }
    return record;
  }
}
