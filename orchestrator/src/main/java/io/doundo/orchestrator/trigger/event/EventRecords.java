package io.doundo.orchestrator.trigger.event;

import io.doundo.orchestrator.trigger.EventContent;
import io.doundo.orchestrator.trigger.EventIds;
import io.doundo.orchestrator.trigger.EventOrigin;
import io.doundo.orchestrator.trigger.TriggerProgram;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.DeadLetter;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes what is to be written for a record of a trigger's topic: a start, a signal or a dead
 * letter for each trigger. Whatever goes wrong in a computation makes a dead letter, so that no
 * record holds up the next. Stateless.
 */
final class EventRecords {

  /** Room in a dead letter for its headers and key. */
  static final int DEAD_LETTER_ROOM = 40 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(EventRecords.class);

  private EventRecords() {}

  /** How a record ended for a trigger. */
  enum Result {
    STARTED,
    SIGNALLED,
    /** Its condition was false. */
    IGNORED,
    /** Its orchestration accepts no starts. */
    INACTIVE,
    DEAD_LETTERED
  }

  /**
   * What is written for one trigger.
   *
   * @param record null when nothing is
   */
  record Written(Result result, @Nullable ProducerRecord<byte[], byte[]> record) {}

  /**
   * Computes what is written for a record.
   *
   * @param triggers those that fire at this record's offset
   * @param maxBytes the longest value of a dead letter
   */
  static List<Written> of(
      ConsumerRecord<byte[], byte[]> record, List<EventSubscription> triggers, int maxBytes) {
    List<Written> written = new ArrayList<>();
    List<EventSubscription> firing = new ArrayList<>();
    for (EventSubscription trigger : triggers) {
      if (!isMeantFor(record, trigger)) {
        continue;
      }
      if (trigger.fires()) {
        firing.add(trigger);
      } else {
        written.add(new Written(Result.INACTIVE, null));
      }
    }
    if (firing.isEmpty()) {
      return written;
    }
    EventOrigin resent = resent(record);
    EventContent.Received received = received(record, resent);
    for (EventSubscription trigger : firing) {
      try {
        RawJson event = EventContent.of(received, trigger.name());
        written.add(written(record, resent, trigger, event, maxBytes));
      } catch (MalformedRecordException e) {
        // It is as unreadable for the others.
        written.add(deadLetter(record, null, e.reason(), maxBytes));
        return written;
      } catch (RuntimeException | StackOverflowError e) {
        LOG.error(
            "The record at offset {} of {}-{} becomes a dead letter for trigger {}",
            record.offset(),
            record.topic(),
            record.partition(),
            trigger.id(),
            e);
        written.add(
            deadLetter(
                record, trigger, "internal error while this record was mapped: " + e, maxBytes));
      }
    }
    return written;
  }

  /** A record that was sent again for one trigger is not for the others. */
  private static boolean isMeantFor(
      ConsumerRecord<byte[], byte[]> record, EventSubscription trigger) {
    if (record.headers().lastHeader(RecordHeaders.DEAD_LETTER_RESENT_FROM) == null) {
      return true;
    }
    String meant = text(record.headers().lastHeader(RecordHeaders.TRIGGER));
    return meant == null || meant.equals(trigger.id());
  }

  /** Where the event of a record that was sent again stood first; null for any other record. */
  private static @Nullable EventOrigin resent(ConsumerRecord<byte[], byte[]> record) {
    if (record.headers().lastHeader(RecordHeaders.DEAD_LETTER_RESENT_FROM) == null) {
      return null;
    }
    String text = text(record.headers().lastHeader(RecordHeaders.EVENT_ORIGIN));
    EventOrigin origin = text == null ? null : EventOrigin.parse(text);
    return origin != null && origin.topic().equals(record.topic()) ? origin : null;
  }

  private static Written written(
      ConsumerRecord<byte[], byte[]> record,
      @Nullable EventOrigin resent,
      EventSubscription trigger,
      RawJson event,
      int maxBytes) {
    String id =
        resent != null
            ? EventIds.ofResent(trigger.orchestration(), trigger.name(), resent)
            : EventIds.ofRecord(
                trigger.orchestration(),
                trigger.name(),
                record.topic(),
                record.partition(),
                record.offset());
    RawJson data = Json.trustedFields(event).getOrDefault("data", RawJson.NULL);
    TriggerProgram.Outcome outcome = trigger.program().apply(event, data, id);
    if (outcome instanceof TriggerProgram.Starts starts) {
      StartEvent start = starts.start();
      return new Written(
          Result.STARTED,
          output(Topics.EXECUTION_START, String.valueOf(start.flowId()), start.encode(), record));
    }
    if (outcome instanceof TriggerProgram.Signals signals) {
      ControlCommand signal = signals.signal();
      return new Written(
          Result.SIGNALLED, output(Topics.CONTROL, signal.flowId(), signal.encode(), record));
    }
    if (outcome instanceof TriggerProgram.Unmapped unmapped) {
      return deadLetter(record, trigger, unmapped.reason(), maxBytes);
    }
    return new Written(Result.IGNORED, null);
  }

  private static ProducerRecord<byte[], byte[]> output(
      String topic, String flowId, byte[] value, ConsumerRecord<byte[], byte[]> source) {
    ProducerRecord<byte[], byte[]> output =
        new ProducerRecord<>(topic, flowId.getBytes(StandardCharsets.UTF_8), value);
    Header trace = source.headers().lastHeader(RecordHeaders.TRACEPARENT);
    if (trace != null) {
      output.headers().add(trace);
    }
    return output;
  }

  /**
   * The dead letter of a record.
   *
   * @param trigger the only one for which it is dead; null when it is for all
   */
  static Written deadLetter(
      ConsumerRecord<byte[], byte[]> record,
      @Nullable EventSubscription trigger,
      String reason,
      int maxBytes) {
    String whole = trigger == null ? reason : "trigger " + trigger.id() + ": " + reason;
    DeadLetter letter =
        DeadLetter.of(
            record.value(),
            new DeadLetter.Source(
                record.topic(), record.partition(), record.offset(), record.timestamp()),
            whole,
            maxBytes);
    byte[] key = record.key();
    ProducerRecord<byte[], byte[]> written =
        new ProducerRecord<>(
            Topics.DEAD_LETTER,
            key == null || key.length > DEAD_LETTER_ROOM / 4 ? null : key,
            letter.value());
    if (letter.value().length + size(record.headers()) <= maxBytes) {
      // Where there is no room for both, the value is worth more.
      for (Header header : record.headers()) {
        if (!header.key().equals(RecordHeaders.TRIGGER)) {
          written.headers().add(header);
        }
      }
    } else {
      keepOrigin(record, written);
    }
    letter.headers().forEach(written.headers()::add);
    if (trigger != null) {
      written.headers().add(RecordHeaders.TRIGGER, trigger.id().getBytes(StandardCharsets.UTF_8));
    }
    return new Written(Result.DEAD_LETTERED, written);
  }

  /** Without them the next copy would be another event. */
  private static void keepOrigin(
      ConsumerRecord<byte[], byte[]> record, ProducerRecord<byte[], byte[]> letter) {
    if (resent(record) != null) {
      letter
          .headers()
          .add(record.headers().lastHeader(RecordHeaders.DEAD_LETTER_RESENT_FROM))
          .add(record.headers().lastHeader(RecordHeaders.EVENT_ORIGIN));
    }
  }

  private static int size(Iterable<Header> headers) {
    int size = 0;
    for (Header header : headers) {
      size += header.key().length() * 3 + (header.value() == null ? 0 : header.value().length);
    }
    return size;
  }

  /** An event that was sent again is as it was read first, so that it is mapped to the same. */
  private static EventContent.Received received(
      ConsumerRecord<byte[], byte[]> record, @Nullable EventOrigin resent) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : record.headers()) {
      String text = text(header);
      if (text != null && (resent == null || !isOfResend(header.key()))) {
        headers.put(header.key(), text);
      }
    }
    byte[] key = record.key();
    return new EventContent.Received(
        record.topic(),
        resent == null ? record.partition() : resent.partition(),
        resent == null ? record.offset() : resent.offset(),
        resent == null ? record.timestamp() : resent.timestamp(),
        key == null ? null : text(key),
        headers,
        record.value());
  }

  private static boolean isOfResend(String header) {
    return header.startsWith(RecordHeaders.DEAD_LETTER_PREFIX)
        || header.equals(RecordHeaders.TRIGGER)
        || header.equals(RecordHeaders.EVENT_ORIGIN);
  }

  private static @Nullable String text(@Nullable Header header) {
    return header == null || header.value() == null ? null : text(header.value());
  }

  private static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
