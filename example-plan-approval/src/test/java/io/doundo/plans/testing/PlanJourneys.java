package io.doundo.plans.testing;

import static io.doundo.plans.testing.PlanClient.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.plans.json.PlanJson;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import tools.jackson.databind.node.ObjectNode;

/**
 * Journeys on the whole installation, each with plans of its own. They run side by side, as in
 * life; one that kills a process locks the installation, and runs alone.
 */
@Timeout(480)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(
    value = PlanJourneys.INSTALLATION,
    mode = ResourceAccessMode.READ,
    target = ResourceLockTarget.CHILDREN)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PlanJourneys {

  protected static final String INSTALLATION = "the installation";

  protected static final ObjectNode APPROVED = PlanJson.object().put("approved", true);

  protected PlanStack stack;
  protected PlanClient client;

  @BeforeAll
  void start() {
    stack = PlanStack.shared();
    client = new PlanClient(stack);
  }

  protected static String id(String name) {
    return name + '-' + UUID.randomUUID().toString().substring(0, 8);
  }

  /** A plan that somebody has published before. */
  protected String published(String name) {
    String planId = id(name);
    client.publish(planId, plan("Gold", 10));
    return planId;
  }

  /** Who wrote its versions, newest first. */
  protected List<String> sources(String planId) {
    return client.history(planId).stream()
        .map(version -> String.valueOf(version.source()))
        .toList();
  }

  /** What is published now. */
  protected ObjectNode content(String planId) {
    ObjectNode plan = client.published(planId).orElseThrow().plan();
    assertThat(plan).isNotNull();
    return plan;
  }

  /** Both answers, in this order, of calls that are made at the same moment. */
  protected static <T> List<T> atOnce(Callable<T> one, Callable<T> other) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<T> first = threads.submit(one);
      Future<T> second = threads.submit(other);
      return List.of(first.get(), second.get());
    } finally {
      threads.shutdownNow();
    }
  }
}
