package io.doundo.worker.testkit;

import io.doundo.orchestrator.core.state.TaskState;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An open task of a flow, which the test completes in a person's place. */
public final class ExpectedTask {

  private final TestFlow flow;
  private final String step;

  ExpectedTask(TestFlow flow, String step) {
    this.flow = flow;
    this.step = step;
  }

  /** The title of the task. */
  public String title() {
    return task().title();
  }

  /** The assignee; null for all candidates. */
  public @Nullable String assignee() {
    return task().assignee();
  }

  /** The names and groups who may also do it. */
  public List<String> candidates() {
    return task().candidates();
  }

  private TaskState task() {
    return flow.openTask(step);
  }

  /**
   * Completes it over the API, in the role TASKS.
   *
   * @param answer anything that Jackson writes as JSON: the result of the step
   * @param groups of the person
   * @throws AssertionError when the task is not for the person, the answer does not fit the form,
   *     or the step does not accept it
   */
  public TestFlow completedBy(String person, @Nullable Object answer, String... groups) {
    String refusal = complete(person, answer, groups);
    if (refusal != null) {
      throw flow.failure("task " + step + " cannot be completed by " + person + ": " + refusal);
    }
    return flow;
  }

  /**
   * Tries to complete it, which is expected to be refused; the task stays open.
   *
   * @return why it is refused
   */
  public String refusedTo(String person, @Nullable Object answer, String... groups) {
    String refusal = complete(person, answer, groups);
    if (refusal == null) {
      throw flow.failure(
          "expected that task " + step + " cannot be completed by " + person + ", but it can");
    }
    return refusal;
  }

  private @Nullable String complete(String person, @Nullable Object answer, String... groups) {
    TaskState task = task();
    List<String> names = Stream.concat(Stream.of(person), Arrays.stream(groups)).toList();
    List<String> mayComplete =
        Stream.concat(Stream.ofNullable(task.assignee()), task.candidates().stream()).toList();
    if (mayComplete.stream().noneMatch(names::contains)) {
      return "it is for " + (mayComplete.isEmpty() ? "operators only" : mayComplete);
    }
    return flow.complete(step, answer, person);
  }

  /**
   * Assigns the task, as an operator would.
   *
   * @param assignee null for all candidates
   */
  public ExpectedTask assignedTo(@Nullable String assignee) {
    flow.assign(step, assignee);
    return this;
  }
}
