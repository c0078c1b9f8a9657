package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Declared;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.Version;
import io.doundo.orchestrator.definition.compiler.Problem;
import io.doundo.orchestrator.definition.compiler.WorkerDeclaration;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.protocol.DeadLetter;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

/**
 * Writes everything that follows from one registration record in one transaction, the record's
 * offset included: after a crash either all of it is there or the record is read again. The view is
 * changed along the way, so after any failure both must be thrown away. Confined to the listener's
 * thread.
 */
final class RegistrationWriter {

  /** Room for headers and keys beside a dead letter's value. */
  private static final int HEADER_ROOM = 40 * 1024;

  private static final int MOST_COPIED_HEADER_BYTES = 16 * 1024;

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

  /** Carries out an accepted record whose step topics exist. */
  void accept(
      ConsumerRecord<byte[], byte[]> source,
      CompiledRegistration compiled,
      ConsumerGroupMetadata group) {
    transact(
        source,
        group,
        sends -> {
          for (Result result : compiled.results()) {
            sends.add(status(write(result, source, sends)));
          }
        });
  }

  /** Keeps a refused record whole and tells every registration in it why. */
  void refuse(
      ConsumerRecord<byte[], byte[]> source,
      CompiledRegistration compiled,
      @Nullable String service,
      ConsumerGroupMetadata group) {
    transact(
        source,
        group,
        sends -> {
          sends.add(producer.send(deadLetter(source, compiled.reason())));
          for (Result result : compiled.results()) {
            sends.add(status(failed(result, source, service)));
          }
        });
  }

  private interface Sending {
    void run(List<Future<RecordMetadata>> sends);
  }

  private void transact(
      ConsumerRecord<byte[], byte[]> source, ConsumerGroupMetadata group, Sending sending) {
    List<Future<RecordMetadata>> sends = new ArrayList<>();
    producer.beginTransaction();
    sending.run(sends);
    producer.sendOffsetsToTransaction(
        Map.of(
            new TopicPartition(source.topic(), source.partition()),
            new OffsetAndMetadata(source.offset() + 1)),
        group);
    // Committing waits for every send and fails when one of them did; this names the one.
    producer.flush();
    sends.forEach(RegistrationWriter::acknowledged);
    producer.commitTransaction();
  }

  private RegistrationStatus write(
      Result result, ConsumerRecord<byte[], byte[]> source, List<Future<RecordMetadata>> sends) {
    if (result instanceof Defined defined) {
      return define(defined, source, sends);
    }
    if (result instanceof Declared declared) {
      return declare(declared, source, sends);
    }
    throw new IllegalStateException("a refused registration cannot be carried out: " + result);
  }

  /** The content goes first, because its append time becomes part of the history. */
  private RegistrationStatus define(
      Defined defined, ConsumerRecord<byte[], byte[]> source, List<Future<RecordMetadata>> sends) {
    Orchestration definition = defined.orchestration();
    String hash = definition.id().hash();
    DefinitionHistory history = view.history(definition.name());
    boolean changed = history.latest().map(latest -> !latest.hash().equals(hash)).orElse(true);
    DefinitionHistory after = history;
    if (changed) {
      Future<RecordMetadata> content =
          producer.send(stored(definition.id().topicKey(), DefinitionCodec.encode(definition)));
      after = history.with(hash, acknowledged(content).timestamp());
      sends.add(producer.send(stored(definition.name(), after.encode())));
      view.add(definition, after);
    }
    List<String> warnings = new ArrayList<>(defined.warnings());
    Duration kept = settings.archiveRetention();
    if (definition.undoWindow().compareTo(kept) > 0) {
      warnings.add(
          "undoWindow is %s, but ended flows are kept for %s here (doundo.archive-retention): a completed flow can be undone no longer than that"
              .formatted(definition.undoWindow(), kept));
    }
    int version = after.latest().map(Version::version).orElse(0);
    return new RegistrationStatus(
        definition.name(),
        defined.role(),
        true,
        definition.id().header(),
        version,
        changed,
        warnings,
        List.of(),
        definition.initiator(),
        clock.instant(),
        place(source));
  }

  private RegistrationStatus declare(
      Declared declared,
      ConsumerRecord<byte[], byte[]> source,
      List<Future<RecordMetadata>> sends) {
    WorkerDeclaration declaration = declared.declaration();
    String name = declaration.orchestrationName();
    WorkerDeclarations before = view.workers(name);
    WorkerDeclarations after = before.merged(declaration, source.timestamp());
    sends.add(producer.send(stored(WorkerDeclarations.topicKey(name), after.encode())));
    view.add(name, after);
    return new RegistrationStatus(
        name,
        declared.role(),
        true,
        null,
        0,
        !before.covers(declaration),
        warnings(declared),
        List.of(),
        declaration.service(),
        clock.instant(),
        place(source));
  }

  private List<String> warnings(Declared declared) {
    WorkerDeclaration declaration = declared.declaration();
    List<String> warnings = new ArrayList<>(declared.warnings());
    Set<String> steps = view.steps(declaration.orchestrationName()).orElse(null);
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

  private RegistrationStatus failed(
      Result result, ConsumerRecord<byte[], byte[]> source, @Nullable String service) {
    List<Problem> problems =
        result.problems().isEmpty()
            ? List.of(
                new Problem(
                    0,
                    "",
                    null,
                    null,
                    "not registered, because another registration in the same record is refused"))
            : result.problems();
    return new RegistrationStatus(
        result.orchestrationName(),
        result.role(),
        false,
        null,
        0,
        false,
        result.warnings(),
        problems,
        service,
        clock.instant(),
        place(source));
  }

  private Future<RecordMetadata> status(RegistrationStatus status) {
    String name = status.orchestrationName();
    byte[] key = name == null ? null : bytes(name);
    return producer.send(new ProducerRecord<>(Topics.REGISTRATION_STATUS, key, status.encode()));
  }

  private ProducerRecord<byte[], byte[]> deadLetter(
      ConsumerRecord<byte[], byte[]> source, String reason) {
    DeadLetter letter =
        DeadLetter.of(
            source.value(),
            new DeadLetter.Source(
                source.topic(), source.partition(), source.offset(), source.timestamp()),
            reason,
            settings.maxRecordBytes() - HEADER_ROOM);
    Headers headers = new RecordHeaders();
    if (size(source.headers()) <= MOST_COPIED_HEADER_BYTES) {
      source.headers().forEach(headers::add);
    }
    letter.headers().forEach(headers::add);
    byte[] key = source.key();
    boolean kept = key != null && key.length <= MOST_COPIED_HEADER_BYTES;
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

  private static RegistrationStatus.Source place(ConsumerRecord<?, ?> source) {
    return new RegistrationStatus.Source(source.topic(), source.partition(), source.offset());
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
