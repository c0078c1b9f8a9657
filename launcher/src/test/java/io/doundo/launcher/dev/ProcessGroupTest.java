package io.doundo.launcher.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.doundo.launcher.dev.ProcessGroup.StopOrder;
import io.doundo.launcher.process.Child;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProcessGroupTest {

  private static final DevPlan PLAN = new DevPlan(1, 2, 3, Path.of("data"), List.of());

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ProcessGroup group = new ProcessGroup(PLAN, new PrintStream(printed, true, UTF_8));
  private final List<SleepingChild> children = new ArrayList<>();
  private final List<String> stopped = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void killWhatIsLeft() {
    children.forEach(SleepingChild::kill);
  }

  private boolean bring(String name) throws IOException, InterruptedException {
    return bring(name, StopOrder.BEFORE_PREVIOUS);
  }

  private boolean bring(String name, StopOrder order) throws IOException, InterruptedException {
    return group.bring(name, () -> new SleepingChild(name), () -> true, started -> {}, order);
  }

  private SleepingChild child(int number) {
    return children.get(number);
  }

  private String printed() {
    return printed.toString(UTF_8);
  }

  @Test
  void theEndOfANeededChildIsReportedAndTheOthersAreStoppedLastFirst() throws Exception {
    assertThat(bring("broker") && bring("redis") && bring("orchestrator")).isTrue();

    child(2).kill();

    Child ended = group.firstEnd().get(30, TimeUnit.SECONDS);
    assertThat(ended).isSameAs(child(2));
    assertThat(group.claimStop()).isTrue();
    group.report(ended);
    group.stop();
    assertThat(printed())
        .containsSubsequence(
            "The orchestrator was put to sleep. The end of its log:",
            "last line of orchestrator",
            "Full log: " + PLAN.logFile("orchestrator"),
            "Stopping the redis",
            "Stopping the broker")
        .doesNotContain("Stopping the orchestrator");
    assertThat(stopped).containsExactly("redis", "broker");
  }

  @Test
  void childrenThatDoNotNeedEachOtherAreStoppedAtOnce() throws Exception {
    assertThat(bring("broker") && bring("redis", StopOrder.WITH_PREVIOUS)).isTrue();
    assertThat(bring("orchestrator") && bring("workers", StopOrder.WITH_PREVIOUS)).isTrue();
    CountDownLatch programs = new CountDownLatch(2);
    child(2).stopsWith = programs;
    child(3).stopsWith = programs;
    CountDownLatch stores = new CountDownLatch(2);
    child(0).stopsWith = stores;
    child(1).stopsWith = stores;

    assertThat(group.claimStop()).isTrue();
    group.stop();

    assertThat(stopped.subList(0, 2)).containsExactlyInAnyOrder("orchestrator", "workers");
    assertThat(stopped.subList(2, 4)).containsExactlyInAnyOrder("broker", "redis");
    assertThat(printed())
        .containsSubsequence(
            "Stopping the workers",
            "Stopping the orchestrator",
            "Stopping the redis",
            "Stopping the broker")
        .doesNotContain("killed");
  }

  @Test
  void aChildThatCannotBeStoppedKeepsWhatItNeedsRunning() throws Exception {
    assertThat(bring("broker") && bring("redis")).isTrue();
    child(1).stopsWith = new CountDownLatch(2);
    child(1).patience = Duration.ZERO;

    assertThat(group.claimStop()).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(group::stop)
        .withMessage("cannot stop the redis")
        .withStackTraceContaining("nobody stops with redis");
    assertThat(child(0).isAlive()).isTrue();
  }

  @Test
  void aChildThatEndsWhileItStartsEndsTheStart() throws Exception {
    assertThat(bring("broker")).isTrue();

    boolean ready =
        group.bring(
            "redis",
            () -> {
              SleepingChild redis = new SleepingChild("redis");
              redis.kill();
              return redis;
            },
            () -> false,
            started -> {});

    assertThat(ready).isFalse();
    assertThat(group.firstEnd().get(30, TimeUnit.SECONDS)).isSameAs(child(1));
  }

  @Test
  void theEndOfAChildThatIsNotNeededEndsNothingElse() throws Exception {
    CompletableFuture<Child> told = new CompletableFuture<>();
    assertThat(bring("broker")).isTrue();
    assertThat(
            group.bring(
                "workers",
                () -> new SleepingChild("workers"),
                () -> true,
                started -> {},
                StopOrder.BEFORE_PREVIOUS,
                told::complete))
        .isTrue();

    child(1).kill();

    assertThat(told.get(30, TimeUnit.SECONDS)).isSameAs(child(1));
    assertThat(group.firstEnd()).isNotDone();
    assertThat(child(0).isAlive()).isTrue();
  }

  @Test
  void onceTheStopIsClaimedNoEndIsReportedAndNothingIsStarted() throws Exception {
    assertThat(bring("broker")).isTrue();
    assertThat(group.claimStop()).isTrue();
    assertThat(group.claimStop()).as("by another thread").isFalse();

    child(0).kill();

    assertThat(child(0).onExit().get(30, TimeUnit.SECONDS).isAlive()).isFalse();
    assertThat(bring("redis")).isFalse();
    assertThat(children).hasSize(1);
    assertThat(group.firstEnd()).isNotDone();
  }

  /** A process that does nothing until it is killed. */
  private final class SleepingChild implements Child {

    private final String name;
    private final Process process;

    /** Its stop waits until so many stops have begun. */
    private CountDownLatch stopsWith = new CountDownLatch(1);

    private Duration patience = Duration.ofSeconds(30);

    private SleepingChild(String name) throws IOException {
      this.name = name;
      this.process = new ProcessBuilder("sleep", "120").start();
      children.add(this);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public ProcessHandle handle() {
      return process.toHandle();
    }

    @Override
    public CompletableFuture<ProcessHandle> onExit() {
      return process.toHandle().onExit();
    }

    @Override
    public String ending() {
      return "was put to sleep";
    }

    @Override
    public List<String> tail() {
      return List.of("last line of " + name);
    }

    @Override
    public void kill() {
      process.destroyForcibly();
    }

    @Override
    public boolean stop(Duration limit) throws InterruptedException {
      stopsWith.countDown();
      if (!stopsWith.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nobody stops with " + name);
      }
      kill();
      stopped.add(name);
      return true;
    }
  }
}
