package io.doundo.worker.testkit.containers;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistrar;
import org.testcontainers.kafka.KafkaContainer;

/**
 * A Kafka broker and a Redis in containers, and the settings of the worker SDK and of Spring Kafka
 * that lead to them. Import it into a test of a service:
 *
 * <pre>{@code
 * @SpringBootTest
 * @Import(DoUndoContainers.class)
 * @Testcontainers(disabledWithoutDocker = true)
 * class OrdersIT { … }
 * }</pre>
 *
 * The containers live as long as the application context. A bean of type {@link KafkaContainer} or
 * {@link RedisContainer} in another configuration can replace each of them: give it the same name.
 */
@TestConfiguration(proxyBeanMethods = false)
public class DoUndoContainers {

  /** The image of docker-compose.yml. */
  public static final String KAFKA_IMAGE = "apache/kafka:4.3.1";

  @Bean(initMethod = "start", destroyMethod = "stop")
  KafkaContainer doundoKafka() {
    return new KafkaContainer(KAFKA_IMAGE);
  }

  @Bean(initMethod = "start", destroyMethod = "stop")
  RedisContainer doundoRedis() {
    return new RedisContainer();
  }

  /** Points the worker SDK and Spring Kafka to the containers. */
  @Bean
  DynamicPropertyRegistrar doundoAddresses(KafkaContainer kafka, RedisContainer redis) {
    return settings -> {
      settings.add("spring.kafka.bootstrap-servers", kafka::getBootstrapServers);
      settings.add("doundo.worker.bootstrap-servers", kafka::getBootstrapServers);
      settings.add("doundo.worker.redis", redis::address);
    };
  }
}
