package io.doundo.orchestrator.evaluation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doundo.expression.Bindings;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.Reads;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonWriter;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Previews what each step of a flow would be sent, and which branches it would take, as far as a
 * payload and the known results determine it. Nothing runs; steps are assumed to succeed. Used
 * once; not thread-safe.
 */
public final class PayloadPreview {

  /** The outcome of a step in the preview. */
  public sealed interface Outcome {

    /**
     * A worker is sent this payload. Of a step with an HTTP request it is the request.
     *
     * @param missing the steps whose results would be merged into it but are not known
     */
    record Sent(RawJson payload, Set<String> missing) implements Outcome {}

    /** The step computes this result. */
    record Computed(RawJson result) implements Outcome {}

    /** The step has nothing to send and nothing to compute: its rules hold, or it waits. */
    record Passed() implements Outcome {}

    /**
     * A choice takes this branch.
     *
     * @param condition the branch's condition; null for {@code else}
     */
    record Chosen(int branch, @Nullable String condition) implements Outcome {}

    /**
     * A person is given this task, and the step is assumed to be done.
     *
     * @param assignee null for all candidates
     */
    record Asked(String title, @Nullable String assignee, List<String> candidates)
        implements Outcome {
      public Asked {
        candidates = List.copyOf(candidates);
      }
    }

    /** The flow passes the step. */
    record NotTaken(String why) implements Outcome {}

    /** The step fails. */
    record Failed(String error) implements Outcome {}

    /** A step that must pass before it fails. */
    record NotReached(String failed) implements Outcome {}

    /** The outcome depends on the results of these steps. */
    record Unknown(Set<String> missing) implements Outcome {}
  }

  /**
   * One step.
   *
   * @param kind the kind's word in documents; {@code remote} for a worker's step
   */
  public record Line(String step, String kind, Outcome outcome) {}

  /** Thrown internally when an expression needs an unknown value. */
  private static final class MissingException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Set<String> steps;

    MissingException(Set<String> steps) {
      super("not known: " + steps);
      this.steps = steps;
    }
  }

  /** Stands for the idempotency key of a request, which only a flow has. */
  private static final String KEY = "(key)";

  private final Orchestration definition;
  private final OrchestrationPrograms programs;
  private final RawJson payload;
  private final Map<String, RawJson> results;
  private final RawJson flow;
  private final Outcome[] outcomes;
  private final @Nullable RawJson[] known;

  private PayloadPreview(
      Orchestration definition, RawJson payload, Map<String, RawJson> results, Instant startedAt) {
    this.definition = definition;
    this.programs = new OrchestrationPrograms(definition);
    this.payload = payload;
    this.results = results;
    this.flow = flow(definition, startedAt);
    this.outcomes = new Outcome[definition.steps().size()];
    this.known = new RawJson[outcomes.length];
  }

  /**
   * Previews a flow.
   *
   * @param results the workers' results by step name
   * @param startedAt the start time, for expressions that read it
   */
  public static List<Line> of(
      Orchestration definition, RawJson payload, Map<String, RawJson> results, Instant startedAt) {
    return new PayloadPreview(definition, payload, results, startedAt).lines();
  }

  /** Why the orchestration does not accept the payload, one sentence each; empty when it does. */
  public static List<String> violations(Orchestration definition, RawJson payload) {
    try {
      return new OrchestrationPrograms(definition).violations(payload);
    } catch (EvaluationException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < outcomes.length; i++) {
      Step step = definition.steps().get(i);
      outcomes[i] = outcome(step, i);
      lines.add(new Line(step.name(), step.work().kind(), outcomes[i]));
    }
    return lines;
  }

  private Outcome outcome(Step step, int index) {
    for (int before : definition.graph().dependencies(index)) {
      if (outcomes[before] instanceof Outcome.NotReached notReached) {
        return notReached;
      }
      if (outcomes[before] instanceof Outcome.Failed && !definition.steps().get(before).goesOn()) {
        return new Outcome.NotReached(definition.steps().get(before).name());
      }
    }
    try {
      String why = notTaken(step, index);
      return why != null ? new Outcome.NotTaken(why) : taken(step, index);
    } catch (MissingException e) {
      return new Outcome.Unknown(e.steps);
    } catch (EvaluationException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable String notTaken(Step step, int index)
      throws EvaluationException, MissingException {
    Guard guard = step.guard();
    if (guard != null) {
      Outcome choice = outcomes[definition.indexOf(guard.choice())];
      if (choice instanceof Outcome.Unknown unknown) {
        throw new MissingException(unknown.missing());
      }
      if (!(choice instanceof Outcome.Chosen chosen) || chosen.branch() != guard.branch()) {
        return guard.choice() + " does not take its branch";
      }
    }
    Optional<Reads> when = programs.step(index).readByWhen();
    if (when.isEmpty()) {
      return null;
    }
    boolean isTaken = programs.step(index).isTaken(bind(index, when.get(), null));
    return isTaken ? null : "its condition is false: " + step.when();
  }

  private Outcome taken(Step step, int index) throws EvaluationException, MissingException {
    StepPrograms program = programs.step(index);
    if (step.work() instanceof Work.Remote) {
      Outcome sent = sent(program, index);
      answered(step, index);
      return sent;
    }
    Optional<HttpPrograms> http = program.http();
    if (http.isPresent()) {
      RawJson request = http.get().preview(bind(index, http.get().readByDo(), null), KEY);
      answered(step, index);
      return new Outcome.Sent(request, Set.of());
    }
    if (step.work() instanceof Work.Choose choose) {
      int branch = program.branch(bind(index, program.readByWork().orElse(Reads.NONE), null));
      return branch < 0
          ? new Outcome.Failed("no branch has a condition that is true, and there is no else")
          : new Outcome.Chosen(branch, choose.branches().get(branch));
    }
    if (step.work() instanceof Work.Set) {
      Bindings bindings = bind(index, program.readByWork().orElse(Reads.NONE), null);
      RawJson made = program.set(bindings).orElseThrow();
      RawJson kept = kept(index, made);
      known[index] = kept;
      return new Outcome.Computed(kept);
    }
    if (step.work() instanceof Work.Validate) {
      List<String> broken =
          program.brokenRules(bind(index, program.readByWork().orElse(Reads.NONE), null));
      known[index] = RawJson.EMPTY_OBJECT;
      return broken.isEmpty()
          ? new Outcome.Passed()
          : new Outcome.Failed(String.join("; ", broken));
    }
    Optional<Reads> task = program.readByTask();
    if (task.isPresent()) {
      Evaluation texts = TaskTexts.of(program.task(bind(index, task.get(), null)));
      if (texts instanceof Evaluation.Asked asked) {
        answered(step, index);
        return new Outcome.Asked(asked.title(), asked.assignee(), asked.candidates());
      }
      return new Outcome.Failed(
          texts instanceof Evaluation.Failed failed ? failed.error() : String.valueOf(texts));
    }
    answered(step, index);
    return new Outcome.Passed();
  }

  /** Assumes that the step succeeds with the result given for it. */
  private void answered(Step step, int index) throws EvaluationException, MissingException {
    RawJson given = results.get(step.name());
    if (given != null) {
      // What a list, a race or a loop keeps is computed by its parts.
      boolean isGathered = step.work() instanceof Work.Parts parts && parts.gathers();
      boolean isOfBody = step.work() instanceof Work.Do;
      known[index] = isGathered || isOfBody ? given : kept(index, given);
    }
  }

  private Outcome.Sent sent(StepPrograms program, int index)
      throws EvaluationException, MissingException {
    Optional<Reads> reads = program.readByInput();
    if (reads.isPresent()) {
      return new Outcome.Sent(
          program.input(bind(index, reads.get(), null)).orElseThrow(), Set.of());
    }
    Set<String> missing = new TreeSet<>();
    RawJson merged = merged(index, missing);
    return new Outcome.Sent(merged, missing);
  }

  private RawJson kept(int index, RawJson result) throws EvaluationException, MissingException {
    StepPrograms program = programs.step(index);
    Optional<Reads> reads = program.readByResult();
    return reads.isEmpty()
        ? result
        : program.result(bind(index, reads.get(), result)).orElseThrow();
  }

  /**
   * The payload with the results of the ancestors over it.
   *
   * @param missing receives the names of those whose results are not known
   */
  private RawJson merged(int index, Set<String> missing) {
    int[] givers = definition.graph().givers(index);
    RawJson only = givers.length == 1 ? known[givers[0]] : null;
    if (only != null && !only.isObject()) {
      return only;
    }
    List<RawJson> parts = new ArrayList<>();
    if (payload.isObject()) {
      parts.add(payload);
    }
    for (int ancestor : definition.graph().ancestors(index)) {
      RawJson result = known[ancestor];
      if (result == null && isOpen(ancestor) && returnsSomething(ancestor)) {
        missing.add(definition.steps().get(ancestor).name());
      } else if (result != null && gathers(ancestor)) {
        parts.add(Json.object(Map.of(definition.steps().get(ancestor).name(), result)));
      } else if (result != null && result.isObject()) {
        parts.add(result);
      }
    }
    try {
      if (parts.isEmpty()) {
        return payload;
      }
      return parts.size() == 1 ? parts.get(0) : Json.merge(parts);
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("what was read as JSON is none", e);
    }
  }

  /** Whether the step's result is merged under its name. */
  private boolean gathers(int step) {
    return definition.steps().get(step).work() instanceof Work.Parts parts && parts.gathers();
  }

  private boolean returnsSomething(int step) {
    Work work = definition.steps().get(step).work();
    return !(work instanceof Work.Choose) && !(work instanceof Work.Validate);
  }

  /** Whether the step has, or may have, an unknown result. */
  private boolean isOpen(int step) {
    return known[step] == null
        && (outcomes[step] instanceof Outcome.Sent
            || outcomes[step] instanceof Outcome.Unknown
            || outcomes[step] instanceof Outcome.Asked
            || (outcomes[step] instanceof Outcome.Passed && returnsSomething(step)));
  }

  private Bindings bind(int index, Reads reads, @Nullable RawJson result) throws MissingException {
    Set<String> missing = new TreeSet<>();
    Bindings bindings = new Bindings();
    for (String variable : reads.variables()) {
      switch (variable) {
        case "payload" -> bindings.with(variable, payload);
        case "input" -> bindings.with(variable, merged(index, missing));
        case "flow" -> bindings.with(variable, flow);
        case "result" -> bindings.with(variable, result == null ? RawJson.EMPTY_OBJECT : result);
        case "effect" -> bindings.with(variable, Json.string("DONE"));
        default -> throw new IllegalStateException("nothing is known of " + variable);
      }
    }
    for (String name : reads.steps()) {
      int step = definition.indexOf(name);
      if (outcomes[step] instanceof Outcome.Unknown unknown) {
        missing.addAll(unknown.missing());
      } else if (isOpen(step)) {
        missing.add(name);
      } else {
        bindings.withStep(name, fields(step));
      }
    }
    if (!missing.isEmpty()) {
      throw new MissingException(missing);
    }
    return bindings;
  }

  private Map<String, RawJson> fields(int step) {
    Outcome outcome = outcomes[step];
    boolean hasFailed = outcome instanceof Outcome.Failed;
    Map<String, RawJson> fields = new LinkedHashMap<>();
    RawJson result = known[step];
    if (result != null && !hasFailed) {
      fields.put("result", result);
    }
    String status =
        hasFailed ? "GIVEN_UP" : outcome instanceof Outcome.NotTaken ? "NOT_TAKEN" : "DO_SUCCESS";
    fields.put("status", Json.string(status));
    fields.put("failed", hasFailed ? RawJson.TRUE : RawJson.FALSE);
    if (outcome instanceof Outcome.Failed failed) {
      fields.put("error", Json.string(failed.error()));
    }
    if (outcome instanceof Outcome.Chosen chosen) {
      fields.put("branch", RawJson.trusted(Integer.toString(chosen.branch()).getBytes(US_ASCII)));
    }
    return fields;
  }

  private static RawJson flow(Orchestration definition, Instant startedAt) {
    JsonWriter json = new JsonWriter(256);
    json.beginObject()
        .field("id", "preview")
        .field("root", "preview")
        .field("name", definition.name())
        .field("version", definition.id().hash())
        .field("startedAt", startedAt.toString())
        .present("initiator", definition.initiator())
        .field("requestedBy", "preview");
    return RawJson.trusted(json.endObject().toByteArray());
  }
}
