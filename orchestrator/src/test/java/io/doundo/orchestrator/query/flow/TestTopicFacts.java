package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.tail.TopicFacts;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Topics that are never made anew. */
final class TestTopicFacts implements TopicFacts {

  private final Duration deleteRetention;

  /** With the usual retention. */
  TestTopicFacts() {
    this(Duration.ofDays(1));
  }

  TestTopicFacts(Duration deleteRetention) {
    this.deleteRetention = deleteRetention;
  }

  @Override
  public Map<String, String> ids(Collection<String> topics) {
    Map<String, String> ids = new HashMap<>();
    topics.forEach(topic -> ids.put(topic, "id of " + topic));
    return ids;
  }

  @Override
  public long deleteRetentionMs(String topic) {
    return deleteRetention.toMillis();
  }
}
