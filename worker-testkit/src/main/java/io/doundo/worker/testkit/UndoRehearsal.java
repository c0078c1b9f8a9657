package io.doundo.worker.testkit;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Plays an orchestration again and again, each time with one mishap at one place, undoes it, and
 * demands that nothing is left: at each DO and each UNDO, the command delivered twice, the worker
 * dying before the handler, between the handler and the record, between the record and the answer,
 * each with a redelivery and without, an outcome that is never known, and each step failing for
 * good.
 *
 * <pre>{@code
 * UndoRehearsal.of("orchestrations/order.yaml", Map.of("orderId", "4711"))
 *     .leavesNothing(() -> {
 *       Shop shop = new Shop();
 *       return UndoRehearsal.world(shop::reservations, new OrderWorker(shop));
 *     });
 * }</pre>
 *
 * <p>A flow is undone before its pivot: from there on there is no way back. Steps without UNDO
 * leave what they do; do not count it among what is left.
 */
public final class UndoRehearsal {

  /** So many stories are told; of the others, only how many there are. */
  private static final int TOLD = 3;

  /**
   * One run's outside world: handlers, and what they may leave in it.
   *
   * @param standing what stands at this moment, compared with {@code equals}: a list of what
   *     exists, or a balance
   */
  public record World(Supplier<?> standing, List<Object> handlers) {
    public World {
      handlers = List.copyOf(handlers);
    }
  }

  private record Run(Action action, String step, Mishap mishap) {
    @Override
    public String toString() {
      return "the " + action + " of " + step + " " + mishap.words();
    }
  }

  private final String document;
  private final SagaStage.Script script;
  private final Object payload;
  private final JsonMapper mapper;

  private UndoRehearsal(
      String document, SagaStage.Script script, Object payload, JsonMapper mapper) {
    this.document = document;
    this.script = script;
    this.payload = payload;
    this.mapper = mapper;
  }

  /**
   * Rehearses the one orchestration of a document, as {@link SagaStage#of(String)} reads it.
   *
   * @param payload that of the start
   */
  public static UndoRehearsal of(String document, Map<String, ?> payload) {
    return new UndoRehearsal(
        document,
        SagaStage.of(document),
        payload,
        JsonMapper.builder().findAndAddModules().build());
  }

  /** The same with the service's own mapper, which reads payloads and writes results. */
  public UndoRehearsal reading(JsonMapper own) {
    return new UndoRehearsal(document, script, payload, own);
  }

  /** The same with fields that results are meant to replace, as {@link SagaStage.Script} says. */
  public UndoRehearsal mayReplace(String... fields) {
    return new UndoRehearsal(document, script.mayReplace(fields), payload, mapper);
  }

  /** What one run works on. */
  public static World world(Supplier<?> standing, Object... handlers) {
    return new World(standing, List.of(handlers));
  }

  /**
   * Rehearses everything.
   *
   * @param worlds makes a new outside world for each run
   * @return how many runs there were
   * @throws AssertionError that tells each run after which something was left, or whose flow was
   *     not undone
   */
  public int leavesNothing(Supplier<World> worlds) {
    List<Run> runs = runs(script.definition());
    List<String> failures = new ArrayList<>();
    for (Run run : runs) {
      String failure = play(run, worlds.get());
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
        new StringBuilder("%d of %d rehearsals failed.".formatted(failures.size(), runs));
    failures.stream().limit(TOLD).forEach(story -> text.append("\n\n").append(story));
    if (failures.size() > TOLD) {
      text.append("\n\nAnd ").append(failures.size() - TOLD).append(" more.");
    }
    return text.toString();
  }

  /** Everything that is rehearsed: of the steps that can be undone. */
  private static List<Run> runs(Orchestration definition) {
    List<Run> runs = new ArrayList<>();
    for (Step step : definition.steps()) {
      if (step.pivot()) {
        break;
      }
      for (Mishap mishap : Mishap.OF_A_DO) {
        runs.add(new Run(Action.DO, step.name(), mishap));
      }
      if (step.undoable()) {
        for (Mishap mishap : Mishap.OF_AN_UNDO) {
          runs.add(new Run(Action.UNDO, step.name(), mishap));
        }
      }
    }
    return runs;
  }

  /** Plays one run; null when it went as it should. */
  private @Nullable String play(Run run, World world) {
    Object before = world.standing().get();
    try (SagaStage stage = script.with(mapper, world.handlers().toArray())) {
      StagedFlow flow = stage.start(payload);
      try {
        new Performance(flow, script.definition(), run.action(), run.step(), run.mishap()).play();
        flow.expectUndone();
      } catch (AssertionError e) {
        return Objects.requireNonNullElse(e.getMessage(), "failed");
      }
      Object after = world.standing().get();
      return before.equals(after)
          ? null
          : flow.failure("left behind: " + after + "; before the flow: " + before).getMessage();
    }
  }

  @Override
  public String toString() {
    return "rehearsal of " + document;
  }
}
