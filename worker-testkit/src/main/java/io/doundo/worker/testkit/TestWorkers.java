package io.doundo.worker.testkit;

import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.ServedStep;
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
 * The worker processes of a test, one after the other: all of them share one fence and serve with
 * the same beans. For the one thread of a test.
 */
final class TestWorkers implements AutoCloseable {

  /** How long a dead worker's step stays protected. */
  static final Duration LEASE = Duration.ofSeconds(1);

  private final List<ServedStep> steps;
  private final JsonBinder json;
  private final InMemoryFence fence;
  private final MockProducer<byte[], byte[]> answers =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private CrashingFence crashingFence;
  private DirectWorker current;

  TestWorkers(List<ServedStep> steps, JsonBinder json, TestClock clock) {
    this.steps = steps;
    this.json = json;
    this.fence = new InMemoryFence(clock, FenceSettings.DEFAULTS);
    // A fence that was empty a moment ago may have forgotten something; this one never did.
    clock.moveTo(clock.millis() + FenceSettings.DEFAULTS.clockTolerance().toMillis());
    this.crashingFence = new CrashingFence(fence);
    this.current = worker(crashingFence);
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
      crashingFence.crashAt(crash);
    }
    try {
      if (!current.deliver(command, redelivered)) {
        return null;
      }
      if (crash != null) {
        replaceCrashedWorker();
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
      return current.serves(command);
    } catch (MalformedRecordException e) {
      throw unreadable(e);
    }
  }

  private void replaceCrashedWorker() {
    current.close();
    crashingFence = new CrashingFence(fence);
    current = worker(crashingFence);
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
    current.close();
    fence.close();
    answers.close();
  }
}
