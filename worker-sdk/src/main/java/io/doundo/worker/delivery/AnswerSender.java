package io.doundo.worker.delivery;

import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.worker.delivery.LeasedRun.HandlerTimes;
import io.doundo.worker.fence.StepAnswer;
import io.doundo.worker.threads.TaskTimer;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends answers and dead letters, again and again until the broker has acknowledged them: a command
 * is settled only then. A record is given to the producer on the calling thread, which may be the
 * one of the fence's connection or the one that polls: it never waits. Thread-safe.
 */
final class AnswerSender {

  /** The overhead of a record beside its value. */
  private static final int ROOM = 8 * 1024;

  /** The broker's and the orchestrator's default limit of a record. */
  private static final int MAX_RECORD_BYTES = 1_000_000;

  static final int MAX_VALUE_BYTES = MAX_RECORD_BYTES - ROOM;

  /** Beyond this no broker can be meant; a dead letter is not cut any further. */
  private static final int SMALLEST_RECORD_BYTES = 4 * 1024;

  private static final Logger log = LoggerFactory.getLogger(AnswerSender.class);

  private final Producer<byte[], byte[]> producer;
  private final Map<String, TopicQueue> queues = new ConcurrentHashMap<>();
  private final TaskTimer timer;
  private final byte[] service;
  private final byte @Nullable [] version;
  private final Retry retry;

  /**
   * Makes a sender.
   *
   * @param producer one that refuses at once what it cannot accept at once, as {@link
   *     KafkaClients#answers} makes it
   * @param version of the service; null when it does not say
   */
  AnswerSender(
      Producer<byte[], byte[]> producer,
      TaskTimer timer,
      String service,
      @Nullable String version) {
    this.producer = producer;
    this.timer = timer;
    this.service = utf8(service);
    this.version = version == null ? null : utf8(version);
    this.retry =
        Retry.of(
            "answers",
            RetryConfig.custom()
                .maxAttempts(Integer.MAX_VALUE)
                .intervalFunction(
                    IntervalFunction.ofExponentialRandomBackoff(
                        Duration.ofMillis(50), 2, 0.5, Duration.ofSeconds(2)))
                .retryOnException(error -> !(cause(error) instanceof RecordTooLargeException))
                .build());
    retry
        .getEventPublisher()
        .onRetry(
            event -> log.warn("Sending an answer failed; retrying: {}", event.getLastThrowable()));
  }

  /** An answer as it would be sent, made while it is not decided yet. */
  record PreparedAnswer(StepAnswer answer, ProducerRecord<byte[], byte[]> record) {

    /** Whether this is what was decided. */
    boolean is(StepAnswer decided) {
      return answer.equals(decided);
    }
  }

  /**
   * Makes the record of an answer that may have to be sent.
   *
   * @param times of the handler; null when it did not run for this answer
   */
  PreparedAnswer prepared(Command command, StepAnswer answer, @Nullable HandlerTimes times) {
    return new PreparedAnswer(answer, record(command, answer, times));
  }

  /**
   * Answers a command; completes when the broker has acknowledged it.
   *
   * @param times of the handler; null when it did not run for this answer
   * @param prepared is sent if it is this answer to this command; null when none was prepared
   */
  CompletionStage<Void> send(
      Command command,
      StepAnswer answer,
      @Nullable HandlerTimes times,
      @Nullable PreparedAnswer prepared) {
    return publish(
            prepared != null && prepared.is(answer)
                ? prepared.record()
                : record(command, answer, times))
        .exceptionallyCompose(
            error -> {
              if (!(cause(error) instanceof RecordTooLargeException)) {
                return CompletableFuture.failedFuture(error);
              }
              log.error(
                  "{} of flow {}: the answer is too large for the broker and is sent without its"
                      + " result",
                  command.key().step(),
                  command.key().flowId());
              String reason = String.valueOf(cause(error).getMessage());
              return publish(record(command, tooLarge(answer, reason), times));
            });
  }

  /** The outcome of a step whose result cannot be sent: an effect is undone. */
  static StepAnswer tooLarge(StepAnswer answer, String reason) {
    Outcome outcome =
        switch (answer.outcome()) {
          case LATE_EFFECT -> Outcome.LATE_EFFECT;
          case UNCHANGED -> Outcome.NO_EFFECT;
          case OK, UNCHANGED_IN_DOUBT, NO_EFFECT, UNKNOWN, UNDONE, UNDONE_EMPTY, FENCED ->
              Outcome.UNKNOWN;
        };
    return new StepAnswer(
        outcome,
        false,
        (answer.outcome().isUnchanged() ? "nothing was changed" : "the step was done")
            + ", but its result is too large: "
            + reason,
        null,
        false,
        answer.mayFollowUndo());
  }

  /** Puts a record that cannot be understood where people look for it. */
  CompletionStage<Void> deadLetter(ConsumerRecord<byte[], byte[]> source, String reason) {
    log.warn(
        "Dead letter: {}-{}@{}: {}", source.topic(), source.partition(), source.offset(), reason);
    return deadLetter(source, reason, MAX_RECORD_BYTES);
  }

  /** A broker may allow less than this process believes: then more of the letter is cut. */
  private CompletionStage<Void> deadLetter(
      ConsumerRecord<byte[], byte[]> source, String reason, int maxBytes) {
    return publish(DeadLetterRecord.of(source, reason, maxBytes))
        .exceptionallyCompose(
            error ->
                cause(error) instanceof RecordTooLargeException && maxBytes > SMALLEST_RECORD_BYTES
                    ? deadLetter(source, reason, maxBytes / 4)
                    : CompletableFuture.failedFuture(error));
  }

  private ProducerRecord<byte[], byte[]> record(
      Command command, StepAnswer answer, @Nullable HandlerTimes times) {
    Outcome outcome = answer.outcome();
    boolean status =
        switch (outcome) {
          case OK, UNCHANGED, UNCHANGED_IN_DOUBT, UNDONE, UNDONE_EMPTY -> true;
          case LATE_EFFECT -> answer.error() == null;
          case NO_EFFECT, UNKNOWN, FENCED -> false;
        };
    boolean failedForGood =
        !answer.retryable() && (outcome == Outcome.NO_EFFECT || outcome == Outcome.UNKNOWN);
    AnswerAction action =
        command.received().action() == CommandAction.DO ? AnswerAction.DO : AnswerAction.UNDO;
    byte[] value =
        AnswerEnvelope.encode(
            command.received().headers(),
            failedForGood ? AnswerAction.FAIL_STEP : action,
            status,
            answer.error(),
            answer.result());
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.RESPONSE, utf8(command.received().flowId()), value);
    String id = command.received().commandId();
    if (id != null) {
      record.headers().add(RecordHeaders.COMMAND_ID, utf8(id));
    }
    record.headers().add(RecordHeaders.OUTCOME, utf8(outcome.name()));
    if (answer.mayFollowUndo()) {
      record.headers().add(RecordHeaders.MAY_FOLLOW_UNDO, utf8("true"));
    }
    Duration retryAfter = answer.retryAfter();
    if (retryAfter != null && !status && answer.retryable()) {
      record.headers().add(RecordHeaders.RETRY_AFTER, utf8(millis(retryAfter)));
    }
    if (answer.serviceFault() && !status) {
      record.headers().add(RecordHeaders.FAULT, utf8(AnswerEnvelope.SERVICE_FAULT));
    }
    record.headers().add(RecordHeaders.WORKER, service);
    if (version != null) {
      record.headers().add(RecordHeaders.WORKER_VERSION, version);
    }
    if (times != null) {
      record.headers().add(RecordHeaders.PICKED_UP, utf8(Long.toString(times.pickedUp())));
      record.headers().add(RecordHeaders.HANDLED_MS, utf8(Long.toString(times.ms())));
    }
    Header trace = command.record().headers().lastHeader(RecordHeaders.TRACEPARENT);
    if (trace != null) {
      record.headers().add(trace);
    }
    return record;
  }

  private static String millis(Duration pause) {
    boolean tooLong = pause.compareTo(AnswerEnvelope.LONGEST_RETRY_AFTER) > 0;
    return Long.toString((tooLong ? AnswerEnvelope.LONGEST_RETRY_AFTER : pause).toMillis());
  }

  private CompletionStage<Void> publish(ProducerRecord<byte[], byte[]> record) {
    // Nearly every record is taken at once, and is spared what repeating it takes.
    return once(record)
        .exceptionallyCompose(
            error -> {
              if (cause(error) instanceof RecordTooLargeException) {
                return CompletableFuture.failedFuture(error);
              }
              log.warn("Sending an answer failed; retrying: {}", String.valueOf(cause(error)));
              return Retry.decorateCompletionStage(retry, timer.executor(), () -> once(record))
                  .get();
            });
  }

  private CompletionStage<Void> once(ProducerRecord<byte[], byte[]> record) {
    return queues.computeIfAbsent(record.topic(), topic -> new TopicQueue()).send(record);
  }

  private static Throwable cause(Throwable error) {
    return FenceHealth.unwrapped(error);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A record that the broker has not acknowledged yet. */
  private record OpenRecord(
      ProducerRecord<byte[], byte[]> record, CompletableFuture<Void> acknowledged) {}

  /**
   * The records for one topic. The producer accepts nearly every record at once, on the thread of
   * the caller. While it refuses, because it does not know the topic or because its memory is used
   * up, records wait here in their order, and the timer offers them again. Thread-safe.
   */
  private final class TopicQueue {

    private static final long FIRST_PAUSE_MS = 1;
    private static final long LAST_PAUSE_MS = 100;
    private static final long WARN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long WARN_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Queue<OpenRecord> waiting = new ArrayDeque<>();

    /** Whether records wait: then everything that comes waits behind them. */
    private volatile boolean refused;

    private long pauseMs = FIRST_PAUSE_MS;
    private long warnFrom;

    CompletionStage<Void> send(ProducerRecord<byte[], byte[]> record) {
      OpenRecord open = new OpenRecord(record, new CompletableFuture<>());
      if (!waitsBehindOthers(open)) {
        TimeoutException refusal = offer(open);
        if (refusal != null) {
          waits(open, refusal);
        }
      }
      return open.acknowledged();
    }

    private boolean waitsBehindOthers(OpenRecord open) {
      if (!refused) {
        return false;
      }
      synchronized (this) {
        if (refused) {
          waiting.add(open);
        }
        return refused;
      }
    }

    private synchronized void waits(OpenRecord open, TimeoutException refusal) {
      waiting.add(open);
      if (!refused) {
        refused = true;
        warnFrom = System.nanoTime() + WARN_AFTER_NANOS;
        log.debug("The producer does not accept a record yet", refusal);
        offerLater();
      }
    }

    private void offerLater() {
      timer.after(pauseMs, this::offerAgain);
      pauseMs = Math.min(2 * pauseMs, LAST_PAUSE_MS);
    }

    /** On the timer's thread, and never twice at a time. */
    private void offerAgain() {
      OpenRecord next = first();
      while (next != null) {
        TimeoutException refusal = offer(next);
        if (refusal != null) {
          stillRefused(next, refusal);
          return;
        }
        next = afterFirst();
      }
    }

    private synchronized @Nullable OpenRecord first() {
      return waiting.peek();
    }

    /** The producer has the first one. */
    private synchronized @Nullable OpenRecord afterFirst() {
      waiting.remove();
      pauseMs = FIRST_PAUSE_MS;
      warnFrom = System.nanoTime() + WARN_AFTER_NANOS;
      OpenRecord next = waiting.peek();
      if (next == null) {
        refused = false;
      }
      return next;
    }

    private synchronized void stillRefused(OpenRecord first, TimeoutException refusal) {
      long now = System.nanoTime();
      if (now - warnFrom >= 0) {
        warnFrom = now + WARN_PAUSE_NANOS;
        log.warn(
            "{} records for {} wait until the producer accepts them: {}",
            waiting.size(),
            first.record().topic(),
            refusal.getMessage());
      }
      offerLater();
    }

    /** Why the producer does not accept it now; null when it has it, or its stage has failed. */
    private @Nullable TimeoutException offer(OpenRecord open) {
      RecordOffer offer = new RecordOffer(open.acknowledged());
      try {
        // The callback receives everything that the future would.
        Future<?> unused = producer.send(open.record(), offer);
      } catch (RuntimeException | Error e) {
        // A closed producer, for instance: nothing else would complete the stage.
        open.acknowledged().completeExceptionally(e);
      }
      return offer.refusal();
    }
  }

  /**
   * One call of {@code send}. A producer that does not wait reports a refusal by a timeout within
   * that call. A record that it accepted and that expires later fails with the same exception, in
   * another call, possibly on the same thread.
   */
  private static final class RecordOffer implements Callback {

    private final Thread caller = Thread.currentThread();
    private final CompletableFuture<Void> acknowledged;

    /** Read and written by the caller only. */
    private boolean sent;

    private @Nullable TimeoutException refusal;

    RecordOffer(CompletableFuture<Void> acknowledged) {
      this.acknowledged = acknowledged;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (error == null) {
        acknowledged.complete(null);
      } else if (error instanceof TimeoutException timeout
          && Thread.currentThread().equals(caller)
          && !sent) {
        refusal = timeout;
      } else {
        acknowledged.completeExceptionally(error);
      }
    }

    /** To be asked once the call has returned; null when the record was not refused. */
    @Nullable TimeoutException refusal() {
      sent = true;
      return refusal;
    }
  }
}
