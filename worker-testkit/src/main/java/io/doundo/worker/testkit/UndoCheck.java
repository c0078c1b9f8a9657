package io.doundo.worker.testkit;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs an orchestration again and again, each time with one injected fault, undoes it, and demands
 * that nothing is left: at each DO and each UNDO, the command delivered twice, the worker dying
 * before the handler, between the handler and the record, between the record and the answer, each
 * with a redelivery and without, an outcome that is never known, and each step failing for good.
 *
 * <pre>{@code
 * UndoCheck.of("orchestrations/order.yaml", Map.of("orderId", "4711"))
 *     .leavesNothing(() -> {
 *       OrderSystem shop = new OrderSystem();
 *       return UndoCheck.fixture(shop::reservations, new TestOrderWorker(shop));
 *     });
 * }</pre>
 *
 * <p>Steps that the payload does not lead to are not checked: check them with a payload that does.
 * A step without which the flow can go on does not turn it back, and is not checked either.
 *
 * <p>A flow is undone before its pivot: from there on there is no way back. Steps without UNDO
 * leave what they do; do not count it among what is left.
 */
public final class UndoCheck {

  /** The maximum number of stories in the report; of the others, only how many there are. */
  private static final int TOLD = 3;

  /**
   * One run's outside world: handlers, and what they may leave in it.
   *
   * @param standing what stands at this moment, compared with {@code equals}: a list of what
   *     exists, or a balance
   */
  public record Fixture(Supplier<?> standing, List<Object> handlers) {
    public Fixture {
      handlers = List.copyOf(handlers);
    }
  }

  private record FaultCase(CommandAction action, String step, InjectedFault fault) {
    @Override
    public String toString() {
      return "the " + action + " of " + step + " " + fault.words();
    }
  }

  private final String document;
  private final TestOrchestrator.Builder builder;
  private final Object payload;
  private final JsonMapper mapper;

  private UndoCheck(
      String document, TestOrchestrator.Builder builder, Object payload, JsonMapper mapper) {
    this.document = document;
    this.builder = builder;
    this.payload = payload;
    this.mapper = mapper;
  }

  /**
   * Checks the one orchestration of a document, as {@link TestOrchestrator#of(String)} reads it.
   *
   * @param payload that of the start
   */
  public static UndoCheck of(String document, Map<String, ?> payload) {
    return new UndoCheck(
        document,
        TestOrchestrator.of(document),
        payload,
        JsonMapper.builder().findAndAddModules().build());
  }

  /** The same with the service's own mapper, which reads payloads and writes results. */
  public UndoCheck reading(JsonMapper own) {
    return new UndoCheck(document, builder, payload, own);
  }

  /**
   * The same with fields that results are meant to replace, as {@link TestOrchestrator.Builder}
   * says.
   */
  public UndoCheck mayReplace(String... fields) {
    return new UndoCheck(document, builder.mayReplace(fields), payload, mapper);
  }

  /** The world of one run. */
  public static Fixture fixture(Supplier<?> standing, Object... handlers) {
    return new Fixture(standing, List.of(handlers));
  }

  /**
   * Runs every case.
   *
   * @param fixtures makes a new outside world for each run
   * @return the number of runs
   * @throws AssertionError listing each run that left an effect behind or whose flow was not undone
   */
  public int leavesNothing(Supplier<Fixture> fixtures) {
    Orchestration definition = builder.definition();
    boolean isConditional =
        definition.steps().stream().anyMatch(step -> step.when() != null || step.guard() != null);
    List<Step> steps = isConditional ? taken(definition, fixtures.get()) : definition.steps();
    List<FaultCase> runs = runs(steps);
    List<String> failures = new ArrayList<>();
    for (FaultCase run : runs) {
      String failure = run(run, fixtures.get());
      if (failure != null) {
        failures.add("When " + run + ":\n" + failure);
      }
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(tell(failures, runs.size()));
    }
    return runs.size();
  }

  private String tell(List<String> failures, int runs) {
    StringBuilder text =
        new StringBuilder("%d of %d undo checks failed.".formatted(failures.size(), runs));
    failures.stream().limit(TOLD).forEach(story -> text.append("\n\n").append(story));
    if (failures.size() > TOLD) {
      text.append("\n\nAnd ").append(failures.size() - TOLD).append(" more.");
    }
    return text.toString();
  }

  /** The steps that a flow without any fault sends a DO of. */
  private List<Step> taken(Orchestration definition, Fixture fixture) {
    try (TestOrchestrator orchestrator = builder.with(mapper, fixture.handlers().toArray())) {
      List<String> history = orchestrator.start(payload).runToEnd().history();
      return definition.steps().stream()
          .filter(
              step ->
                  history.stream()
                      .anyMatch(line -> line.startsWith("sent: DO " + step.name() + ' ')))
          .toList();
    }
  }

  /** Everything that is rehearsed: of the steps that can be undone. */
  private static List<FaultCase> runs(List<Step> steps) {
    List<FaultCase> runs = new ArrayList<>();
    for (Step step : steps) {
      if (step.pivot()) {
        break;
      }
      if (!(step.work() instanceof Work.Remote) || step.goesOn()) {
        // Its faults do not turn the flow back, or it sends no command.
        continue;
      }
      for (InjectedFault fault : InjectedFault.OF_A_DO) {
        runs.add(new FaultCase(CommandAction.DO, step.name(), fault));
      }
      if (step.undoable()) {
        for (InjectedFault fault : InjectedFault.OF_AN_UNDO) {
          runs.add(new FaultCase(CommandAction.UNDO, step.name(), fault));
        }
      }
    }
    return runs;
  }

  /** Plays one run; null when it went as it should. */
  private @Nullable String run(FaultCase run, Fixture fixture) {
    Object before = fixture.standing().get();
    try (TestOrchestrator orchestrator = builder.with(mapper, fixture.handlers().toArray())) {
      TestFlow flow = orchestrator.start(payload);
      try {
        new UndoCheckRun(flow, builder.definition(), run.action(), run.step(), run.fault()).run();
        flow.expectUndone();
      } catch (AssertionError e) {
        return Objects.requireNonNullElse(e.getMessage(), "failed");
      }
      Object after = fixture.standing().get();
      return before.equals(after)
          ? null
          : flow.failure("left behind: " + after + "; before the flow: " + before).getMessage();
    }
  }

  @Override
  public String toString() {
    return "undo check of " + document;
  }
}
