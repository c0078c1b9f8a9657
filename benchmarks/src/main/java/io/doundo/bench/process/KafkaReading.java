package io.doundo.bench.process;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the JVMs of a run have counted at one moment.
 *
 * @param brokers all together
 * @param jvms brokers included, by their roles
 */
public record KafkaReading(BrokerCounts brokers, Map<String, JvmCounts> jvms) {

  private static final String BROKER = "broker";

  /**
   * Reads JVMs over JMX, which takes each of them some milliseconds: not while they are measured.
   *
   * @param jvms by their roles; each must be a JVM
   */
  public static KafkaReading read(Map<String, ProcessHandle> jvms) throws IOException {
    BrokerCounts brokers = BrokerCounts.NONE;
    Map<String, JvmCounts> counts = new LinkedHashMap<>();
    for (Map.Entry<String, ProcessHandle> jvm : jvms.entrySet()) {
      try (JvmBeans beans = JvmBeans.of(jvm.getValue())) {
        counts.put(jvm.getKey(), JvmCounts.read(beans));
        if (jvm.getKey().startsWith(BROKER)) {
          brokers = brokers.plus(BrokerCounts.read(beans));
        }
      }
    }
    return new KafkaReading(brokers, counts);
  }

  /** What has come since an earlier reading of the same JVMs. */
  public KafkaReading since(KafkaReading before) {
    Map<String, JvmCounts> counts = new LinkedHashMap<>();
    jvms.forEach(
        (role, now) -> counts.put(role, now.since(before.jvms.getOrDefault(role, JvmCounts.NONE))));
    return new KafkaReading(brokers.since(before.brokers), counts);
  }
}
