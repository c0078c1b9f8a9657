package io.doundo.worker.delivery;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.UndoPayload;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.fence.Claim;
import io.doundo.worker.fence.FenceKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A command of a step that this application serves.
 *
 * @param payload the request of the DO and its result, if the command separates them
 */
record Command(
    ConsumerRecord<byte[], byte[]> record,
    ReceivedCommand received,
    UndoPayload payload,
    StepServer server) {

  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.*");

  /**
   * Commands without a deadline, put there by hand, are protected as long as the default timeout.
   */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

  /** No timeout of a step is longer; what a command put there by hand says may be anything. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(365);

  /** The fence counts in milliseconds; times of other writers may be finer. */
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);

  /**
   * A command that was read.
   *
   * @throws MalformedRecordException when its payload cannot be taken apart as it says
   */
  static Command of(
      ConsumerRecord<byte[], byte[]> record, ReceivedCommand received, StepServer server)
      throws MalformedRecordException {
    UndoPayload payload =
        received.action() == CommandAction.UNDO
            ? UndoPayload.of(received.payload(), lookup(record))
            : new UndoPayload(received.payload(), null, false);
    return new Command(record, received, payload, server);
  }

  StepKey step() {
    return server.key();
  }

  boolean isDo() {
    return received.action() == CommandAction.DO;
  }

  /** The trace of the flow; empty when the command does not name it. */
  String traceId() {
    Header header = record.headers().lastHeader(RecordHeaders.TRACEPARENT);
    String text =
        header == null || header.value() == null
            ? ""
            : new String(header.value(), StandardCharsets.UTF_8);
    return TRACEPARENT.matcher(text).matches() ? text.substring(3, 35) : "";
  }

  FenceKey key() {
    return new FenceKey(
        step().orchestration(), step().step(), received.flowId(), received.incarnation());
  }

  /**
   * The wish to run its handler.
   *
   * @param owner unique for each delivery
   * @param redelivered whether an earlier delivery may have begun the handler
   */
  Claim claim(String owner, Duration lease, boolean redelivered) {
    return new Claim(
        owner,
        received.generation(),
        received.attempt(),
        received.commandId(),
        lease,
        timeout(received),
        server.onDoubt(this),
        received.firstSent(),
        received.deadline(),
        redelivered,
        received.visibleSince(),
        received.undoFailed());
  }

  /** Of an attempt, by the orchestrator's clock alone. */
  private static Duration timeout(ReceivedCommand received) {
    Instant sent = received.timestamp();
    Instant deadline = received.deadline();
    if (sent == null || deadline == null || !deadline.isAfter(sent)) {
      return DEFAULT_TIMEOUT;
    }
    Duration timeout = Duration.between(sent, deadline);
    if (timeout.compareTo(SHORTEST_TIMEOUT) < 0) {
      return SHORTEST_TIMEOUT;
    }
    return timeout.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : timeout;
  }

  /** The record headers that are text. */
  Map<String, String> recordHeaders() {
    HeaderLookup lookup = lookup(record);
    Map<String, String> texts = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      try {
        String text = lookup.text(header.key());
        if (text != null) {
          texts.put(header.key(), text);
        }
      } catch (MalformedRecordException e) {
        // It is no text, and so none of those that are handed on.
        texts.remove(header.key());
      }
    }
    return texts;
  }

  static HeaderLookup lookup(ConsumerRecord<byte[], byte[]> record) {
    return name -> {
      Header header = record.headers().lastHeader(name);
      return header == null ? null : valueOf(header);
    };
  }

  private static byte @Nullable [] valueOf(Header header) {
    return header.value();
  }
}
