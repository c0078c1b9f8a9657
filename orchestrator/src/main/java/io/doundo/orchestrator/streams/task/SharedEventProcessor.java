package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.DeadLetters;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.EventType;
import io.doundo.protocol.ScheduleCommand;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends on what clients write to the one topic that they share: registrations to their own topic,
 * starts and answers to the partition of their flow, because this topic may have another number of
 * partitions. The commands that stand there too are the workers'. Keeps nothing; one instance per
 * task, used by its thread only.
 */
public final class SharedEventProcessor
    implements Processor<byte @Nullable [], byte @Nullable [], byte[], OutputRecord> {

  private static final Logger LOG = LoggerFactory.getLogger(SharedEventProcessor.class);

  /** No flow lives in a task of this topic. */
  private static final int NOWHERE = -1;

  private final EngineSettings settings;
  private final ConsumerProgress progress;
  private final EngineMeters meters;
  private final DeadLetters deadLetters;
  private final InputRouter router;
  private @Nullable ProcessorContext<byte[], OutputRecord> context;

  public SharedEventProcessor(
      EngineSettings settings, ConsumerProgress progress, EngineMeters meters) {
    this.settings = settings;
    this.progress = progress;
    this.meters = meters;
    this.deadLetters = new DeadLetters(settings);
    this.router = new InputRouter(settings, NOWHERE, deadLetters);
  }

  @Override
  public void init(ProcessorContext<byte[], OutputRecord> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte @Nullable [], byte @Nullable []> record) {
    ProcessorContext<byte[], OutputRecord> sink = context;
    if (sink == null) {
      throw new IllegalStateException("the task is not initialised");
    }
    InputRecord source = InputRecord.of(record, sink.recordMetadata().orElseThrow());
    compute(source)
        .sendAll(
            sent -> {
              sink.forward(new Record<>(sent.key(), sent, record.timestamp(), sent.headers()));
              meters.sent(sent);
            });
    progress.processedOne();
  }

  private Plan compute(InputRecord source) {
    Plan plan = new Plan();
    try {
      route(source, plan);
      return plan;
    } catch (MalformedRecordException e) {
      return refusal(source, e.reason());
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("record {} could not be processed and becomes a dead letter", source.position(), e);
      meters.computationFailed();
      return refusal(source, "internal error while processing this record: " + e);
    }
  }

  private Plan refusal(InputRecord source, String reason) {
    Plan refusal = new Plan();
    refusal.send(deadLetters.of(source, reason));
    return refusal;
  }

  private void route(InputRecord source, Plan plan) throws MalformedRecordException {
    switch (EventType.of(source.value(), source.headerLookup())) {
      case REGISTRATION -> plan.send(registration(source));
      case START -> router.take(source, false, FlowsElsewhere.INSTANCE, plan);
      case ANSWER ->
          router.take(source.as(InputSource.SHARED_RESPONSE), false, FlowsElsewhere.INSTANCE, plan);
      case COMMAND -> {
        // Ours, to a worker.
      }
    }
  }

  private OutputRecord registration(InputRecord source) {
    byte[] value = source.value();
    OutputRecord registration =
        new OutputRecord(
            Topics.REGISTRATION,
            source.key(),
            new RecordHeaders(source.headers()),
            value == null ? new byte[0] : value);
    if (registration.size() <= settings.maxRecordBytes()) {
      return registration;
    }
    return deadLetters.of(
        source,
        "the registration takes %d bytes with its headers; at most %d bytes can be sent on to %s"
            .formatted(registration.size(), settings.maxRecordBytes(), Topics.REGISTRATION));
  }

  private enum FlowsElsewhere implements InputRouter.Destination {
    INSTANCE;

    @Override
    public void onStart(
        InputRecord record,
        StartEvent event,
        String flowId,
        boolean named,
        @Nullable String requestedBy,
        Plan plan) {
      throw new IllegalStateException("this task holds no flows");
    }

    @Override
    public void onMessage(Message message, Plan plan) {
      throw new IllegalStateException("this task holds no flows");
    }

    @Override
    public void onSchedule(InputRecord record, ScheduleCommand command, Plan plan) {
      throw new IllegalStateException("this task holds no schedules");
    }

    @Override
    public void onBreaker(InputRecord record, BreakerCommand command, Plan plan) {
      throw new IllegalStateException("this task holds no breakers");
    }
  }
}
