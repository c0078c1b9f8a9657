package io.doundo.launcher.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.process.Child;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
  private final List<String> stopped = new ArrayList<>();

  @AfterEach
  void killWhatIsLeft() {
    children.forEach(SleepingChild::kill);
  }

  private boolean bring(String name) throws IOException, InterruptedException {
    return group.bring(name, () -> new SleepingChild(name), () -> true, started -> {});
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
    public boolean stop(Duration limit) {
      kill();
      stopped.add(name);
      return true;
    }
  }
}
