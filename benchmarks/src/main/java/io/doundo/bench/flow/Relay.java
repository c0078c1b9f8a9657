package io.doundo.bench.flow;

import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The limit, {@code BOOTSTRAP-SERVERS}: a process that hands every message on to the next topic of
 * its scenario, unchanged, and keeps nothing but, for a fan-out, the number of branches that have
 * come back. One thread, like one stream thread of the orchestrator.
 */
public final class Relay {

  public static final String READY = "relay ready";

  private static final int MOST_FLOWS = 10_000_000;

  /** Where the messages of a scenario go. */
  private record Route(boolean fan, List<String> topics) {}

  private final List<Route> routes =
      Scenario.all().stream()
          .map(
              scenario ->
                  new Route(
                      scenario.isFan(),
                      scenario.hops().stream().map(LimitTopics::command).toList()))
          .toList();
  private final byte[] branches = new byte[MOST_FLOWS];
  private final Producer<byte[], byte[]> producer;
  private final BenchClients.Sends sends = new BenchClients.Sends();

  private Relay(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  public static void main(String[] arguments) {
    try (Consumer<byte[], byte[]> consumer =
            BenchClients.consumer(
                arguments[0], false, List.of(LimitTopics.START, LimitTopics.RESPONSE));
        Producer<byte[], byte[]> producer = BenchClients.producer(arguments[0])) {
      Relay relay = new Relay(producer);
      System.out.println(READY);
      while (true) {
        consumer.poll(BenchClients.POLL).forEach(relay::handOn);
        relay.sends.requireNoFailure();
      }
    }
  }

  private void handOn(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    Route route = routes.get(FlowMessage.route(value));
    int hop = FlowMessage.hop(value);
    if (!route.fan()) {
      send(hop < route.topics().size() ? route.topics().get(hop) : LimitTopics.END, record);
    } else if (hop == 0) {
      route.topics().forEach(topic -> send(topic, record));
    } else {
      int flow = FlowMessage.number(record.key());
      if (++branches[flow] == route.topics().size()) {
        branches[flow] = 0;
        send(LimitTopics.END, record);
      }
    }
  }

  private void send(String topic, ConsumerRecord<byte[], byte[]> record) {
    Future<RecordMetadata> unused =
        producer.send(new ProducerRecord<>(topic, record.key(), record.value()), sends.callback());
  }
}
