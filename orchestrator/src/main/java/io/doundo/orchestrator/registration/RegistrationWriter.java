package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.breaker.stored.DeclaredFigures;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Orchestration.BreakerFigures;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Declared;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.StatusChanged;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.StatusChange;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.Version;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.WorkerDeclaration;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.schedule.stored.ScheduleMessage;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.DeadLetter;
import io.doundo.protocol.Topics;
import io.doundo.protocol.text.DurationText;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes everything that follows from one registration record in one transaction, the record's
 * offset included: after a crash either all of it is there or the record is read again. The view is
 * changed only by what was committed, so after a failure both can be used again, unless the
 * transaction cannot even be aborted. Confined to the listener's thread.
 */
final class RegistrationWriter {

  /** Parts are archived before their flow; this share of the time is left for that. */
  private static final int SHARE_OF_PARTS = 7;

  /** Room for headers and keys beside a dead letter's value. */
  private static final int HEADER_ROOM = 40 * 1024;

  private static final int MOST_COPIED_HEADER_BYTES = 16 * 1024;
  private static final int MOST_STATUS_BYTES = 256 * 1024;
  private static final int SMALLEST_LIMIT = 10_000;

  /** A broker deletes whole segments, so a start can be read for a week beyond its retention. */
  private static final long LATE_DELETION_MS = Duration.ofDays(7).toMillis();

  private static final Logger LOG = LoggerFactory.getLogger(RegistrationWriter.class);

  private final Producer<byte[], byte[]> producer;
  private final DefinitionsView view;
  private final RegistrationSettings settings;
  private final Clock clock;

  RegistrationWriter(
      Producer<byte[], byte[]> producer,
      DefinitionsView view,
      RegistrationSettings settings,
      Clock clock) {
    this.producer = producer;
    this.view = view;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Carries out an accepted record whose step topics exist.
   *
   * @return why it cannot be, if its content is the reason; nothing is written then. Empty when it
   *     was carried out
   * @throws KafkaException when it may be carried out later
   */
  Optional<Problem> accept(
      ConsumerRecord<byte[], byte[]> source,
      CompiledRegistration compiled,
      ConsumerGroupMetadata group) {
    DefinitionsView.ViewDraft draft = view.draft();
    try {
      transact(
          source,
          group,
          sends -> {
            for (Result result : compiled.results()) {
              sends.add(status(write(result, source, draft, sends), settings.maxRecordBytes()));
            }
          });
      view.adopt(draft);
      return Optional.empty();
    } catch (KafkaException e) {
      String reason = BrokerRefusal.ofRecord(e);
      if (reason == null) {
        throw e;
      }
      return Optional.of(
          Problem.of("the broker rejects the records of this registration: " + reason));
    } catch (RuntimeException e) {
      // Retrying would meet the same mistake again, and keep the others waiting.
      LOG.error("the registration at {} failed", RegistrationRecord.place(source), e);
      return Optional.of(
          Problem.of("the registration cannot be stored because of a bug in DoUndo: " + e));
    }
  }

  /**
   * Keeps a refused record as a dead letter and publishes the reason for every registration in it.
   * When the broker accepts only small records, as much as it accepts is kept.
   */
  void refuse(
      ConsumerRecord<byte[], byte[]> source,
      CompiledRegistration compiled,
      ConsumerGroupMetadata group) {
    int limit = settings.maxRecordBytes();
    while (true) {
      try {
        refuse(source, compiled, group, limit);
        return;
      } catch (KafkaException e) {
        if (BrokerRefusal.ofRecord(e) == null || limit < SMALLEST_LIMIT) {
          throw e;
        }
        limit /= 4;
      }
    }
  }

  private void refuse(
      ConsumerRecord<byte[], byte[]> source,
      CompiledRegistration compiled,
      ConsumerGroupMetadata group,
      int limit) {
    transact(
        source,
        group,
        sends -> {
          sends.add(producer.send(deadLetter(source, compiled.reason(), limit)));
          for (Result result : compiled.results()) {
            sends.add(status(failed(result, source), limit));
          }
        });
  }

  private interface Sending {
    void run(List<Future<RecordMetadata>> sends);
  }

  private void transact(
      ConsumerRecord<byte[], byte[]> source, ConsumerGroupMetadata group, Sending sending) {
    producer.beginTransaction();
    try {
      write(source, group, sending);
    } catch (RuntimeException e) {
      abort(e);
      throw e;
    }
  }

  /** A transaction that cannot be aborted leaves a producer that cannot be used. */
  private void abort(RuntimeException failure) {
    try {
      producer.abortTransaction();
    } catch (KafkaException e) {
      failure.addSuppressed(e);
      throw new KafkaException("the transaction cannot be aborted: " + e.getMessage(), e);
    }
  }

  private void write(
      ConsumerRecord<byte[], byte[]> source, ConsumerGroupMetadata group, Sending sending) {
    List<Future<RecordMetadata>> sends = new ArrayList<>();
    sending.run(sends);
    producer.sendOffsetsToTransaction(
        Map.of(
            new TopicPartition(source.topic(), source.partition()),
            new OffsetAndMetadata(source.offset() + 1)),
        group);
    // The commit waits for every send and fails when one of them failed; this names it.
    producer.flush();
    sends.forEach(RegistrationWriter::acknowledged);
    producer.commitTransaction();
  }

  private RegistrationStatus write(
      Result result,
      ConsumerRecord<byte[], byte[]> source,
      DefinitionsView.ViewDraft draft,
      List<Future<RecordMetadata>> sends) {
    if (result instanceof Defined defined) {
      return define(defined, source, draft, sends);
    }
    if (result instanceof Declared declared) {
      return declare(declared, source, draft, sends);
    }
    if (result instanceof StatusChanged changed) {
      return change(changed, source, draft, sends);
    }
    throw new IllegalStateException("a refused registration cannot be applied: " + result);
  }

  /** The content goes first, because its append time becomes part of the history. */
  private RegistrationStatus define(
      Defined defined,
      ConsumerRecord<byte[], byte[]> source,
      DefinitionsView.ViewDraft draft,
      List<Future<RecordMetadata>> sends) {
    Orchestration definition = defined.orchestration();
    String hash = definition.id().hash();
    List<Trigger> triggersBefore = draft.triggers(definition.name());
    List<BreakerFigures> breakersBefore = draft.breakers(definition.name());
    DefinitionHistory history = draft.history(definition.name());
    boolean changed = history.latest().map(latest -> !latest.hash().equals(hash)).orElse(true);
    DefinitionHistory after = history;
    if (changed) {
      Future<RecordMetadata> content =
          producer.send(stored(definition.id().topicKey(), DefinitionCodec.encode(definition)));
      long appendedAt = acknowledged(content).timestamp();
      long oldestStart = appendedAt - settings.inputRetention().toMillis() - LATE_DELETION_MS;
      after =
          history.with(hash, appendedAt, RegistrationRecord.requestedBy(source)).since(oldestStart);
      sends.add(producer.send(stored(definition.name(), after.encode())));
      draft.add(definition, after);
      tellBreakers(definition, breakersBefore, after, source, sends);
    }
    after = changed(definition.name(), after, defined.status(), source, draft, sends);
    tellSchedules(definition.name(), triggersBefore, definition.triggers(), after.status(), sends);
    List<String> warnings = new ArrayList<>(defined.warnings());
    if (after.isFull()) {
      warnings.add(
          "this orchestration changed more than %,d times within %d days: two services are probably registering different content under this name"
              .formatted(DefinitionHistory.MOST_VERSIONS, settings.inputRetention().toDays()));
    }
    Duration kept = settings.archiveRetention();
    boolean hasParts =
        definition.steps().stream().anyMatch(step -> step.work() instanceof Work.Parts);
    Duration keptWithParts = kept.minus(kept.dividedBy(SHARE_OF_PARTS));
    if (hasParts && definition.undoWindow().compareTo(keptWithParts) > 0) {
      warnings.add(
          "undoWindow is %s, longer than six sevenths of the %s that ended flows are kept (doundo.archive-retention): parts are archived before their flow, so towards the end of that time some may be gone, and the flow is parked instead of undone"
              .formatted(DurationText.of(definition.undoWindow()), DurationText.of(kept)));
    } else if (definition.undoWindow().compareTo(kept) > 0) {
      warnings.add(
          "undoWindow is %s, longer than the %s that ended flows are kept (doundo.archive-retention): a completed flow can be undone only that long"
              .formatted(DurationText.of(definition.undoWindow()), DurationText.of(kept)));
    }
    int version = after.latest().map(Version::version).orElse(0);
    return new RegistrationStatus(
        definition.name(),
        defined.role(),
        true,
        definition.id().header(),
        version,
        after.status(),
        changed || after.status() != history.status(),
        warnings,
        List.of(),
        definition.initiator(),
        RegistrationRecord.requestedBy(source),
        clock.instant(),
        place(source));
  }

  private RegistrationStatus change(
      StatusChanged result,
      ConsumerRecord<byte[], byte[]> source,
      DefinitionsView.ViewDraft draft,
      List<Future<RecordMetadata>> sends) {
    String name = result.orchestrationName();
    DefinitionHistory before = draft.history(name);
    DefinitionHistory after = changed(name, before, result.status(), source, draft, sends);
    tellSchedules(name, List.of(), draft.triggers(name), after.status(), sends);
    List<String> warnings = new ArrayList<>(result.warnings());
    if (before.latest().isEmpty()) {
      warnings.add("the orchestration \"%s\" is not registered yet".formatted(name));
    }
    return new RegistrationStatus(
        name,
        result.role(),
        true,
        null,
        0,
        after.status(),
        after.status() != before.status(),
        warnings,
        List.of(),
        result.service(),
        RegistrationRecord.requestedBy(source),
        clock.instant(),
        place(source));
  }

  /**
   * Tells each schedule what the newest version says of it, in the transaction that stores the
   * version. Repeating it changes nothing.
   */
  private void tellSchedules(
      String name,
      List<Trigger> before,
      List<Trigger> after,
      OrchestrationStatus status,
      List<Future<RecordMetadata>> sends) {
    String stopped =
        status == OrchestrationStatus.ACTIVE
            ? null
            : "orchestration " + name + " is " + status.word();
    Map<String, @Nullable Schedule> schedules = new TreeMap<>();
    before.stream()
        .filter(trigger -> trigger.schedule() != null)
        .forEach(trigger -> schedules.put(trigger.name(), null));
    after.stream()
        .filter(trigger -> trigger.schedule() != null)
        .forEach(trigger -> schedules.put(trigger.name(), trigger.schedule()));
    schedules.forEach(
        (trigger, schedule) -> {
          ScheduleName told = new ScheduleName(name, trigger);
          sends.add(
              producer.send(
                  new ProducerRecord<>(
                      Topics.REKEY,
                      bytes(ScheduleKey.of(told)),
                      ScheduleMessage.encode(
                          new ScheduleMessage.Declared(told, schedule, stopped)))));
        });
  }

  /** Gives breakers the figures of a new version, in the transaction that stores the version. */
  private void tellBreakers(
      Orchestration definition,
      List<BreakerFigures> before,
      DefinitionHistory after,
      ConsumerRecord<byte[], byte[]> source,
      List<Future<RecordMetadata>> sends) {
    int version = after.latest().map(Version::version).orElse(0);
    String requestedBy = RegistrationRecord.requestedBy(source);
    for (BreakerCommand request :
        DeclaredFigures.requests(definition, before, version, requestedBy)) {
      sends.add(
          producer.send(
              new ProducerRecord<>(
                  Topics.CONTROL, bytes(BreakerKey.of(request.breaker())), request.encode())));
    }
  }

  /**
   * Writes the history with the new status, unless it already has it. The history is written twice,
   * because the time of the first record becomes part of it.
   */
  private DefinitionHistory changed(
      String name,
      DefinitionHistory before,
      @Nullable OrchestrationStatus status,
      ConsumerRecord<byte[], byte[]> source,
      DefinitionsView.ViewDraft draft,
      List<Future<RecordMetadata>> sends) {
    if (status == null || status == before.status()) {
      return before;
    }
    long at = acknowledged(producer.send(stored(name, before.encode()))).timestamp();
    long oldestStart = at - settings.inputRetention().toMillis() - LATE_DELETION_MS;
    DefinitionHistory after =
        before
            .with(new StatusChange(status, at, RegistrationRecord.requestedBy(source)))
            .since(oldestStart);
    sends.add(producer.send(stored(name, after.encode())));
    draft.add(name, after);
    return after;
  }

  private RegistrationStatus declare(
      Declared declared,
      ConsumerRecord<byte[], byte[]> source,
      DefinitionsView.ViewDraft draft,
      List<Future<RecordMetadata>> sends) {
    WorkerDeclaration declaration = declared.declaration();
    String name = declaration.orchestrationName();
    WorkerDeclarations before = draft.workers(name);
    WorkerDeclarations after = before.merged(declaration, source.timestamp());
    sends.add(producer.send(stored(WorkerDeclarations.topicKey(name), after.encode())));
    draft.add(name, after);
    return new RegistrationStatus(
        name,
        declared.role(),
        true,
        null,
        0,
        null,
        !before.covers(declaration),
        warnings(declared, draft),
        List.of(),
        declaration.service(),
        RegistrationRecord.requestedBy(source),
        clock.instant(),
        place(source));
  }

  private static List<String> warnings(Declared declared, DefinitionsView.ViewDraft draft) {
    WorkerDeclaration declaration = declared.declaration();
    List<String> warnings = new ArrayList<>(declared.warnings());
    Set<String> steps = draft.steps(declaration.orchestrationName()).orElse(null);
    if (steps == null) {
      warnings.add(
          "the orchestration \"%s\" is not registered yet"
              .formatted(declaration.orchestrationName()));
    } else {
      for (String step : declaration.steps()) {
        if (!steps.contains(step)) {
          warnings.add(
              "\"%s\" has no step \"%s\"".formatted(declaration.orchestrationName(), step));
        }
      }
    }
    return warnings;
  }

  private RegistrationStatus failed(Result result, ConsumerRecord<byte[], byte[]> source) {
    List<Problem> problems =
        result.problems().isEmpty()
            ? List.of(
                Problem.of(
                    "not registered, because another registration in the same record was refused"))
            : result.problems();
    return new RegistrationStatus(
        result.orchestrationName(),
        result.role(),
        false,
        null,
        0,
        null,
        false,
        result.warnings(),
        problems,
        result.service(),
        RegistrationRecord.requestedBy(source),
        clock.instant(),
        place(source));
  }

  private Future<RecordMetadata> status(RegistrationStatus status, int limit) {
    String name = status.orchestrationName();
    byte[] key = name == null ? null : bytes(name);
    return producer.send(
        new ProducerRecord<>(
            Topics.REGISTRATION_STATUS, key, status.encode(Math.min(limit, MOST_STATUS_BYTES))));
  }

  private ProducerRecord<byte[], byte[]> deadLetter(
      ConsumerRecord<byte[], byte[]> source, String reason, int limit) {
    DeadLetter letter =
        DeadLetter.of(
            source.value(),
            new DeadLetter.Source(
                source.topic(), source.partition(), source.offset(), source.timestamp()),
            reason,
            Math.max(0, limit - HEADER_ROOM));
    Headers headers = new RecordHeaders();
    boolean small = limit < settings.maxRecordBytes();
    if (!small && size(source.headers()) <= MOST_COPIED_HEADER_BYTES) {
      source.headers().forEach(headers::add);
    }
    letter.headers().forEach(headers::add);
    byte[] key = source.key();
    boolean kept = key != null && !small && key.length <= MOST_COPIED_HEADER_BYTES;
    return new ProducerRecord<>(
        Topics.DEAD_LETTER, null, null, kept ? key : null, letter.value(), headers);
  }

  private static int size(Headers headers) {
    int size = 0;
    for (Header header : headers) {
      size += header.key().length() * 3 + (header.value() == null ? 0 : header.value().length);
    }
    return size;
  }

  private static ProducerRecord<byte[], byte[]> stored(String key, byte[] value) {
    return new ProducerRecord<>(Topics.DEFINITIONS, 0, bytes(key), value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static RegistrationStatus.SourcePosition place(ConsumerRecord<?, ?> source) {
    return new RegistrationStatus.SourcePosition(
        source.topic(), source.partition(), source.offset());
  }

  private static RecordMetadata acknowledged(Future<RecordMetadata> send) {
    try {
      return send.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
