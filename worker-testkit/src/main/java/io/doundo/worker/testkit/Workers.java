package io.doundo.worker.testkit;

import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.MalformedRecordException;
import io.doundo.protocol.Topics;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.Step;
import io.doundo.worker.delivery.DirectWorker;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.InMemoryFence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The worker processes of a stage, one after the other: all of them share one fence and serve with
 * the same beans. For the one thread of a test.
 */
final class Workers implements AutoCloseable {

  /** How long a dead worker's step stays protected. */
  static final Duration LEASE = Duration.ofSeconds(1);

  private final List<Step> steps;
  private final JsonBinder json;
  private final InMemoryFence fence;
  private final MockProducer<byte[], byte[]> answers =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private CrashingFence seen;
  private DirectWorker living;

  Workers(List<Step> steps, JsonBinder json, MovableClock clock) {
    this.steps = steps;
    this.json = json;
    this.fence = new InMemoryFence(clock, FenceSettings.DEFAULTS);
    this.seen = new CrashingFence(fence);
    this.living = worker(seen);
  }

  /**
   * Delivers a command; null when no handler serves it.
   *
   * @param crash where the worker dies, if its command leads it there; the next command meets
   *     another worker
   */
  @Nullable List<Answer> deliver(
      ConsumerRecord<byte[], byte[]> command, boolean redelivered, @Nullable CrashPoint crash) {
    answers.clear();
    if (crash != null) {
      seen.crashAt(crash);
    }
    try {
      if (!living.deliver(command, redelivered)) {
        return null;
      }
      if (crash != null) {
        replaceTheDead();
      }
      List<Answer> given = new ArrayList<>();
      for (ProducerRecord<byte[], byte[]> record : answers.history()) {
        if (record.topic().equals(Topics.RESPONSE)) {
          given.add(AnswerEnvelope.decode(record.value(), record.key(), headers(record)));
        }
      }
      return given;
    } catch (MalformedRecordException e) {
      throw unreadable(e);
    }
  }

  private static IllegalStateException unreadable(MalformedRecordException e) {
    return new IllegalStateException("the kit's own records are well-formed", e);
  }

  /** Whether a handler is called for such a command. */
  boolean serve(ConsumerRecord<byte[], byte[]> command) {
    try {
      return living.serves(command);
    } catch (MalformedRecordException e) {
      throw unreadable(e);
    }
  }

  private void replaceTheDead() {
    living.close();
    seen = new CrashingFence(fence);
    living = worker(seen);
  }

  private DirectWorker worker(CrashingFence through) {
    return new DirectWorker(steps, through, json, LEASE, answers);
  }

  private static HeaderLookup headers(ProducerRecord<byte[], byte[]> record) {
    return name -> {
      Header header = record.headers().lastHeader(name);
      return header == null ? null : header.value();
    };
  }

  @Override
  public void close() {
    living.close();
    fence.close();
    answers.close();
  }
}
