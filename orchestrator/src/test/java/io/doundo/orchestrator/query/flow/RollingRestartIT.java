package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.FreePorts;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * Two instances are restarted one after the other while both are asked. An answer may be missing or
 * say that it is incomplete; it is never wrong.
 */
class RollingRestartIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String KEY = "dok_of-the-test";
  private static final String SHA_256_OF_KEY =
      "d7c01385b8f5b60e3f451bd0c75769793ab3a8c7ae33d587c540a2f114f34337";
  private static final int DONE = 20;
  private static final int PARKED = 10;
  private static final int MOVING = 4;

  private static final String DOCUMENT =
      """
      orchestrationName: %s
      vocabulary: 2
      steps:
        - {name: charge, pivot: true}
        - {name: ship, undo: none}
      """;

  @TempDir private Path directory;

  private final List<Integer> ports = FreePorts.find(2);
  private final List<Rest> instances =
      ports.stream().map(port -> new Rest(port, "Authorization", "Bearer " + KEY)).toList();
  private final List<String> wrong = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  private ConfigurableApplicationContext start(int instance, TestBroker broker) {
    int port = ports.get(instance);
    return new SpringApplicationBuilder(OrchestratorApplication.class)
        .run(
            "--server.port=" + port,
            "--doundo.partitions=4",
            "--doundo.step-topics.partitions=1",
            "--doundo.api.keys[0].name=kim",
            "--doundo.api.keys[0].role=ADMIN",
            "--doundo.api.keys[0].sha256=" + SHA_256_OF_KEY,
            "--doundo.api.secret=" + "s".repeat(32),
            "--doundo.state-dir=" + directory.resolve("instance-" + instance),
            "--doundo.advertised-address=localhost:" + port,
            "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
  }

  @Test
  void noAnswerIsWrongWhileInstancesComeAndGo() throws InterruptedException {
    try (TestBroker broker = new TestBroker();
        AnsweringWorker worker = new AnsweringWorker(broker.bootstrap())) {
      List<ConfigurableApplicationContext> applications = new ArrayList<>();
      List<Asker> askers = new ArrayList<>();
      Follower follower = new Follower();
      try {
        applications.add(start(0, broker));
        applications.add(start(1, broker));
        instances.forEach(RollingRestartIT::awaitReady);
        fill(worker);
        for (Rest instance : instances) {
          askers.add(new Asker(instance));
        }
        askers.forEach(asker -> asker.thread.start());
        follower.thread.start();
        for (int i = 0; i < applications.size(); i++) {
          applications.get(i).close();
          applications.set(i, start(i, broker));
          awaitReady(instances.get(i));
          askers.forEach(Asker::awaitMore);
          follower.awaitMore();
        }
      } finally {
        over = true;
        follower.thread.join();
        for (Asker asker : askers) {
          asker.thread.join();
        }
        applications.forEach(ConfigurableApplicationContext::close);
      }
      assertThat(wrong).isEmpty();
    }
  }

  private void fill(AnsweringWorker worker) {
    register("rolled");
    register("moves");
    begin(worker, "rolled", "done-", DONE);
    awaitCount("rolled", "COMPLETED", DONE);
    worker.breakStep("ship");
    begin(worker, "rolled", "parked-", PARKED);
    awaitCount("rolled", "PARKED", PARKED);
    begin(worker, "moves", "moving-", MOVING);
    awaitCount("moves", "PARKED", MOVING);
  }

  private void register(String name) {
    Reply registered =
        instances
            .get(0)
            .post(
                "/api/orchestrations",
                DOCUMENT.formatted(name),
                "Content-Type",
                "application/yaml");
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
  }

  private static void begin(
      AnsweringWorker worker, String orchestration, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      worker.send(
          Topics.EXECUTION_START,
          "{\"orchestrationName\": \"%s\", \"flowId\": \"%s%d\", \"payload\": {}}"
              .formatted(orchestration, prefix, i));
    }
  }

  private void awaitCount(String orchestration, String status, int count) {
    for (Rest instance : instances) {
      await(status)
          .atMost(PATIENCE)
          .until(
              () ->
                  instance.get(list(orchestration, status)).json().at("/total/count").asInt(-1)
                      == count);
    }
  }

  private static String list(String orchestration, String status) {
    return "/api/flows?limit=1&count=true&orchestration=%s&status=%s"
        .formatted(orchestration, status);
  }

  private static void awaitReady(Rest instance) {
    await()
        .atMost(PATIENCE)
        .until(() -> instance.get("/actuator/health/readiness").status() == 200);
  }

  /** Asks one instance again and again, and looks at what it says. */
  private final class Asker {

    private static final int ENOUGH = 20;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Rest instance;
    private final AtomicInteger answers = new AtomicInteger();
    private final Thread thread = new Thread(this::ask, "asker");

    Asker(Rest instance) {
      this.instance = instance;
    }

    void awaitMore() {
      int before = answers.get();
      await().atMost(PATIENCE).until(() -> answers.get() >= before + ENOUGH);
    }

    private void ask() {
      for (int i = 0; !over; i++) {
        boolean isDone = i % 2 == 0;
        String status = isDone ? "COMPLETED" : "PARKED";
        int most = isDone ? DONE : PARKED;
        look(list("rolled", status), reply -> countIsRight(reply, most));
        String flowId = (isDone ? "done-" : "parked-") + i / 2 % most;
        look(
            "/api/flows/" + flowId,
            reply -> reply.json().path("status").asString("").equals(status));
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }

    private void look(String path, Predicate<Reply> isRight) {
      Reply reply;
      try {
        reply = instance.get(path);
      } catch (AssertionError e) {
        // It is away, or goes away just now.
        return;
      }
      if (reply.status() == 503) {
        return;
      }
      if (reply.status() == 200 && isRight.test(reply)) {
        answers.incrementAndGet();
      } else {
        wrong.add(path + ": " + reply.status() + ' ' + reply.http().body());
      }
    }
  }

  /**
   * Moves flows on, and asks both instances for them: no answer is older than one before it. The
   * lists of two instances may differ for a moment; those of one go forward only.
   */
  private final class Follower {

    private static final int ENOUGH = 5;

    private final AtomicInteger moves = new AtomicInteger();
    private final Map<String, Integer> latest = new HashMap<>();
    private final List<Map<String, Integer>> listed = List.of(new HashMap<>(), new HashMap<>());
    private final Thread thread = new Thread(this::follow, "follower");

    void awaitMore() {
      int before = moves.get();
      await().atMost(PATIENCE).until(() -> moves.get() >= before + ENOUGH);
    }

    private void follow() {
      for (int i = 0; !over; i++) {
        String flow = "/api/flows/moving-" + i / 2 % MOVING;
        look(i % 2, flow);
        try {
          if (instances.get(i / 4 % 2).post(flow + "/retry", "").status() == 200) {
            moves.incrementAndGet();
          }
        } catch (AssertionError e) {
          // It is away, or goes away just now.
        }
        look(i % 2, "/api/flows?limit=50&orchestration=moves");
      }
    }

    private void look(int instance, String path) {
      Reply reply;
      try {
        reply = instances.get(instance).get(path);
      } catch (AssertionError e) {
        return;
      }
      if (reply.status() == 503) {
        return;
      }
      if (reply.status() != 200) {
        wrong.add(path + ": " + reply.status() + ' ' + reply.http().body());
      } else if (!reply.json().has("flows")) {
        require(latest, reply.json(), path);
      } else if (reply.json().path("complete").asBoolean(false)) {
        reply.json().get("flows").forEach(row -> require(listed.get(instance), row, path));
      }
    }

    private void require(Map<String, Integer> seen, JsonNode flow, String path) {
      String flowId = flow.path("flowId").asString("");
      int transition = flow.path("transition").asInt(-1);
      int before = seen.merge(flowId, transition, Math::max);
      if (transition < before) {
        wrong.add("%s: %d after %d: %s".formatted(path, transition, before, flow));
      }
    }
  }

  /** A list that knows that it may miss something says so. */
  private static boolean countIsRight(Reply reply, int count) {
    JsonNode page = reply.json();
    return !page.path("complete").asBoolean(true) || page.at("/total/count").asInt(-1) == count;
  }
}
