package io.doundo.bench.process;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * What brokers have counted since they were started.
 *
 * @param requests by their kind, such as {@code Produce}
 * @param topics what was appended to each topic
 */
public record BrokerCounts(Map<String, Double> requests, Map<String, TopicCounts> topics) {

  public static final String PRODUCE = "Produce";
  public static final String FETCH = "Fetch";

  /** Fetches by who sent them, which are counted as fetches, too. */
  private static final String PARTS_OF_FETCH = "Fetch.+";

  private static final String COUNT = "Count";

  /**
   * One topic.
   *
   * @param batches what a produce request brings for one partition is one batch
   */
  public record TopicCounts(double records, double batches, double bytes) {

    static final TopicCounts NONE = new TopicCounts(0, 0, 0);

    public TopicCounts plus(TopicCounts other) {
      return new TopicCounts(records + other.records, batches + other.batches, bytes + other.bytes);
    }

    TopicCounts minus(TopicCounts other) {
      return new TopicCounts(records - other.records, batches - other.batches, bytes - other.bytes);
    }
  }

  public static final BrokerCounts NONE = new BrokerCounts(Map.of(), Map.of());

  static BrokerCounts read(JvmBeans broker) throws IOException {
    Map<String, Double> requests =
        broker.sums("kafka.network:type=RequestMetrics,name=RequestsPerSec,*", "request", COUNT);
    requests.keySet().removeIf(kind -> kind.matches(PARTS_OF_FETCH));
    Map<String, Double> batches = ofTopics(broker, "TotalProduceRequestsPerSec");
    Map<String, Double> records = ofTopics(broker, "MessagesInPerSec");
    Map<String, Double> bytes = ofTopics(broker, "BytesInPerSec");
    Map<String, TopicCounts> topics = new HashMap<>();
    batches.forEach(
        (topic, count) ->
            topics.put(
                topic,
                new TopicCounts(
                    records.getOrDefault(topic, 0.0), count, bytes.getOrDefault(topic, 0.0))));
    return new BrokerCounts(requests, topics);
  }

  private static Map<String, Double> ofTopics(JvmBeans broker, String name) throws IOException {
    return broker.sums(
        "kafka.server:type=BrokerTopicMetrics,name=" + name + ",topic=*", "topic", COUNT);
  }

  /** All brokers together. */
  BrokerCounts plus(BrokerCounts other) {
    return new BrokerCounts(
        combined(requests, other.requests, Double::sum),
        combined(topics, other.topics, TopicCounts::plus));
  }

  /** What has come since an earlier reading. */
  BrokerCounts since(BrokerCounts before) {
    Map<String, Double> requestsSince = new HashMap<>();
    requests.forEach(
        (kind, count) -> requestsSince.put(kind, count - before.requests.getOrDefault(kind, 0.0)));
    Map<String, TopicCounts> topicsSince = new HashMap<>();
    topics.forEach(
        (topic, counts) ->
            topicsSince.put(
                topic, counts.minus(before.topics.getOrDefault(topic, TopicCounts.NONE))));
    return new BrokerCounts(requestsSince, topicsSince);
  }

  /** All topics together. */
  public TopicCounts total() {
    return topics.values().stream().reduce(TopicCounts.NONE, TopicCounts::plus);
  }

  /** Of a kind. */
  public double requests(String kind) {
    return requests.getOrDefault(kind, 0.0);
  }

  /** Of all kinds. */
  public double allRequests() {
    return requests.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static <T> Map<String, T> combined(
      Map<String, T> one, Map<String, T> other, BinaryOperator<T> operator) {
    Map<String, T> all = new HashMap<>(one);
    other.forEach((key, value) -> all.merge(key, value, operator));
    return all;
  }
}
