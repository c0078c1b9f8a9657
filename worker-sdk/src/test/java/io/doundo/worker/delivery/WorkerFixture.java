package io.doundo.worker.delivery;

import io.doundo.worker.binding.HandlerScanner;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.threads.HandlerThreads;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/** Starts workers for a test, and stops those still running at its end. */
final class WorkerFixture implements AutoCloseable {

  static final Duration LEASE = Duration.ofSeconds(2);

  private final Deque<Worker> running = new ArrayDeque<>();
  private final Map<String, Object> kafka = new HashMap<>(OrchestratorStub.kafka());
  private Duration lease = LEASE;
  private int concurrency = 20;
  private int maxPending = 100;
  private Duration stopTimeout = Duration.ofSeconds(10);
  final MeterRegistry meters = new SimpleMeterRegistry();

  WorkerFixture kafka(String name, Object value) {
    kafka.put(name, value);
    return this;
  }

  WorkerFixture lease(Duration other) {
    lease = other;
    return this;
  }

  WorkerFixture maxPending(int most) {
    maxPending = most;
    return this;
  }

  WorkerFixture concurrency(int most) {
    concurrency = most;
    return this;
  }

  WorkerFixture stopTimeout(Duration longest) {
    stopTimeout = longest;
    return this;
  }

  Worker start(String group, Fence fence, Object handlers) {
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    beans.registerSingleton("handlers", handlers);
    JsonBinder json = new JsonBinder(JsonMapper.builder().build());
    Worker worker =
        new Worker(
            new DeliverySettings(group, group, kafka, lease, concurrency, maxPending, stopTimeout),
            new HandlerScanner(beans, json).scan(List.of()),
            fence,
            json,
            meters,
            HandlerThreads.own(null));
    running.push(worker);
    worker.start();
    return worker;
  }

  void stop(Worker worker) {
    running.remove(worker);
    worker.stop();
  }

  @Override
  public void close() {
    running.forEach(Worker::stop);
  }
}
