package io.doundo.orchestrator.query.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.template.Template;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Templates are what their topic holds, whoever reads it and whenever. */
class TemplatesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static byte[] template(String id, int version) {
    return """
    {"id": "%s", "name": "T", "version": %d, "definition": {"steps": []}, "parameters": [],
     "isPublic": false, "createdAt": "2026-11-29T10:00:00Z", "updatedAt": "2026-11-29T10:00:00Z"}
    """
        .formatted(id, version)
        .getBytes(UTF_8);
  }

  @Test
  void anInstanceThatStartsLaterReadsTheSame() throws Exception {
    try (TestBroker broker = new TestBroker();
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      broker.create(new NewTopic(Topics.TEMPLATES, Optional.of(1), Optional.empty()));
      ReadConsumers consumers = new ReadConsumers(broker.bootstrap(), Map.of());
      try (Templates first = new Templates(consumers)) {
        assertThatThrownBy(first::all).isInstanceOf(ReadsUnavailableException.class);
        first.start();
        write(producer, "kept", template("kept", 1));
        write(producer, "deleted", template("deleted", 1));
        write(producer, "broken", "{}".getBytes(UTF_8));
        write(producer, "kept", template("kept", 2));
        first.awaitRead(write(producer, "deleted", null));
        assertThat(first.all()).extracting(Template::id).containsExactly("kept");
        assertThat(first.bytesWithout("kept")).isZero();
        assertThat(first.bytesWithout("other")).isEqualTo(template("kept", 2).length);
      }
      try (Templates later = new Templates(consumers)) {
        later.start();
        await()
            .atMost(PATIENCE)
            .ignoreExceptionsInstanceOf(ReadsUnavailableException.class)
            .until(() -> later.find("kept").map(Template::version).orElse(0) == 2);
        assertThat(later.all()).hasSize(1);
      }
    }
  }

  private static long write(
      KafkaProducer<byte[], byte[]> producer, String id, byte @Nullable [] value) throws Exception {
    return producer
        .send(new ProducerRecord<>(Topics.TEMPLATES, id.getBytes(UTF_8), value))
        .get()
        .offset();
  }
}
