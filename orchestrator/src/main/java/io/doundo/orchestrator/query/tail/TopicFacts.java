package io.doundo.orchestrator.query.tail;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/** What only an administrator's client knows of topics. Thread-safe. */
public interface TopicFacts {

  /**
   * The ids of topics, by their names; a topic that is made anew has another one.
   *
   * @throws KafkaException when they cannot be read now, or must not be
   */
  Map<String, String> ids(Collection<String> topics);

  /**
   * How long a compacted topic keeps that a record was removed, ms.
   *
   * @throws KafkaException when it cannot be read now, or must not be
   */
  long deleteRetentionMs(String topic);
}
