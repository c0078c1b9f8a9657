package io.doundo.orchestrator.app.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcomes;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.json.RawJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A command on its topic is carried out by the orchestrator's own process. */
class HttpWorkerIT {

  private static final int PARTITIONS = 2;
  private static final String COMMAND_ID = "0123456789abcdef0123456789abcdef";

  private final List<String> received = new CopyOnWriteArrayList<>();

  @Test
  void aCommandIsCarriedOutAndAnswered(@TempDir Path stateDir)
      throws IOException, InterruptedException, ExecutionException {
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext(
        "/api/leads",
        exchange -> {
          received.add(
              exchange.getRequestMethod()
                  + ' '
                  + exchange.getRequestHeaders().getFirst("X-Key")
                  + ' '
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] body = "{\"id\":7}".getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(201, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    service.start();
    try (TestBroker broker = new TestBroker()) {
      createTopic(broker);
      try (ConfigurableApplicationContext application =
          new SpringApplicationBuilder(OrchestratorApplication.class)
              .run(
                  "--server.port=0",
                  "--doundo.partitions=" + PARTITIONS,
                  "--doundo.state-dir=" + stateDir,
                  "--doundo.kafka.bootstrap-servers=" + broker.bootstrap(),
                  "--doundo.http.connections.crm.base-url=http://127.0.0.1:"
                      + service.getAddress().getPort()
                      + "/api",
                  "--doundo.http.connections.crm.allow-private=true",
                  "--doundo.http.connections.crm.auth.header.name=X-Key",
                  "--doundo.http.connections.crm.auth.header.value=s3cret")) {
        assertThat(application.isRunning()).isTrue();
        send(broker);
        ConsumerRecord<byte[], byte[]> answer = answer(broker);
        assertThat(header(answer, RecordHeaders.OUTCOME)).isEqualTo("OK");
        assertThat(header(answer, RecordHeaders.WORKER)).isEqualTo("doundo-http");
        assertThat(new String(answer.value(), UTF_8)).contains("\"payload\":{\"id\":7}");
      }
    } finally {
      service.stop(0);
    }
    assertThat(received).containsExactly("POST s3cret {\"name\":\"Ann\"}");
  }

  private static void createTopic(TestBroker broker)
      throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      admin.createTopics(List.of(new NewTopic(Topics.HTTP, PARTITIONS, (short) 1))).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private static void send(TestBroker broker) {
    HttpCommand command =
        new HttpCommand(
            1,
            List.of(
                HttpCall.ofDo(
                    "k-1",
                    HttpRequest.evaluated(
                        "crm",
                        HttpMethod.POST,
                        "/leads",
                        Map.of(),
                        RawJson.trusted("{\"name\":\"Ann\"}".getBytes(UTF_8))),
                    null,
                    null)),
            null,
            null,
            HttpOutcomes.NONE,
            false,
            false,
            null,
            Map.of());
    Instant now = Instant.now();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topics.HTTP,
            "f-1".getBytes(UTF_8),
            new CommandEnvelope(
                    "f-1", "leads", "createLead", CommandAction.DO, 1, 1, now.toEpochMilli())
                .encode(command.encode()));
    record.headers().add(RecordHeaders.COMMAND_ID, COMMAND_ID.getBytes(UTF_8));
    record
        .headers()
        .add(
            RecordHeaders.DEADLINE,
            Long.toString(now.plusSeconds(60).toEpochMilli()).getBytes(UTF_8));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var unused = producer.send(record);
    }
  }

  private static ConsumerRecord<byte[], byte[]> answer(TestBroker broker) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> all =
          List.of(new TopicPartition(Topics.RESPONSE, 0), new TopicPartition(Topics.RESPONSE, 1));
      consumer.assign(all);
      consumer.seekToBeginning(all);
      return await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(200))) {
                  if (COMMAND_ID.equals(header(found, RecordHeaders.COMMAND_ID))) {
                    return Optional.of(found);
                  }
                }
                return Optional.<ConsumerRecord<byte[], byte[]>>empty();
              },
              Optional::isPresent)
          .orElseThrow();
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
