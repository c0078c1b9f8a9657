package io.doundo.worker.testkit.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.worker.Do;
import io.doundo.worker.SagaClient;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.Undo;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/** A service whose test imports the containers starts on them. Skipped where Docker is missing. */
@Testcontainers(disabledWithoutDocker = true)
@SpringBootTest(
    classes = WorkerInContainersIT.Service.class,
    properties = "spring.application.name=greetings")
@Import(DoUndoContainers.class)
class WorkerInContainersIT {

  @SagaWorker("greeting")
  static class Greeter {
    @Do("greet")
    void greet() {}

    @Undo("greet")
    void takeBack() {}
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Service {
    @Bean
    Greeter greeter() {
      return new Greeter();
    }
  }

  @Autowired Environment environment;
  @Autowired KafkaContainer kafka;
  @Autowired RedisContainer redis;
  @Autowired SagaClient client;

  @Test
  void theWorkerIsUpOnTheContainers() throws Exception {
    assertThat(environment.getProperty("doundo.worker.redis")).isEqualTo(redis.address());
    assertThat(environment.getProperty("doundo.worker.bootstrap-servers"))
        .isEqualTo(kafka.getBootstrapServers());
    assertThat(client).isNotNull();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.getBootstrapServers()))) {
      assertThat(admin.describeCluster().nodes().get(30, TimeUnit.SECONDS)).hasSize(1);
    }
  }
}
