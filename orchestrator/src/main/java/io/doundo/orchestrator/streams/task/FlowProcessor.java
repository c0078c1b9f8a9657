package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.TopicCatalog;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.NewerSchemaException;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane of one partition: takes its records and timers one at a time, computes a plan for
 * each and carries it out. A record that defeats the computation becomes a dead letter; only a
 * failure of the engine itself stops the task. One instance per task, used by its thread only.
 */
public final class FlowProcessor
    implements Processor<byte @Nullable [], byte @Nullable [], byte[], OutputRecord> {

  private static final Logger LOG = LoggerFactory.getLogger(FlowProcessor.class);
  private static final Duration TICK = Duration.ofMillis(100);

  private final EngineSettings settings;
  private final TopicCatalog topics;
  private final ConsumerProgress progress;
  private final Archive archive;
  private final EngineMeters meters;
  private @Nullable ProcessorContext<byte[], OutputRecord> context;
  private @Nullable FlowTask task;

  public FlowProcessor(
      EngineSettings settings,
      TopicCatalog topics,
      ConsumerProgress progress,
      Archive archive,
      EngineMeters meters) {
    this.settings = settings;
    this.topics = topics;
    this.progress = progress;
    this.archive = archive;
    this.meters = meters;
  }

  /** Called again when a task is revived: nothing of its earlier life is kept in memory. */
  @Override
  public void init(ProcessorContext<byte[], OutputRecord> context) {
    this.context = context;
    close();
    this.task = new FlowTask(settings, topics, progress, archive, meters, context);
    context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
  }

  @Override
  public void close() {
    if (task != null) {
      task.close();
      task = null;
    }
  }

  @Override
  public void process(Record<byte @Nullable [], byte @Nullable []> record) {
    RecordMetadata place = context().recordMetadata().orElseThrow();
    InputRecord source = InputRecord.of(record, place);
    Plan plan = compute(source);
    plan.sendAll(this::forward);
    progress.processedOne();
    plan.writeAll();
    task().takeRecalled(this::forward);
  }

  private Plan compute(InputRecord source) {
    Plan plan = new Plan();
    try {
      task().take(source, plan);
      return plan;
    } catch (KafkaException | NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      task()
          .about(
              source,
              () ->
                  LOG.error(
                      "record {} could not be processed and becomes a dead letter",
                      source.position(),
                      e));
      meters.computationFailed();
      return task().refuse(source, e);
    }
  }

  private void tick(long now) {
    task().takeRecalled(this::forward);
    task().fireTimers(this::forward);
    task().tendBreakers(this::forward);
  }

  private void forward(OutputRecord record) {
    long timestamp = task().timestampOf(record);
    context().forward(new Record<>(record.key(), record, timestamp, record.headers()));
    meters.sent(record);
  }

  private ProcessorContext<byte[], OutputRecord> context() {
    if (context == null) {
      throw new IllegalStateException("the task is not initialised");
    }
    return context;
  }

  private FlowTask task() {
    if (task == null) {
      throw new IllegalStateException("the task is not initialised");
    }
    return task;
  }
}
