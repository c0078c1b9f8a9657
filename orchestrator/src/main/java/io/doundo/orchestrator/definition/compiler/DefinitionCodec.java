package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.orchestrator.breaker.stored.DeclaredFigures;
import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Contract;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.HumanTask;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Presentation;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.notify.ReceiverJson;
import io.doundo.orchestrator.trigger.TriggerJson;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.MalformedRecordException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A definition as the JSON that stands at the key {@code name:hash} of the definitions topic. Its
 * identity is a hash over the compiled content, every default filled in: the same orchestration
 * written as YAML or JSON, with or without its defaults, is the same definition. The registering
 * service is not part of its content.
 */
public final class DefinitionCodec {

  /** Raised when the form of stored definitions changes. */
  private static final int SCHEMA = 1;

  /**
   * The schema version of a definition whose conditions and templates an older version would
   * ignore.
   */
  private static final int SCHEMA_OF_EXPRESSIONS = 2;

  /**
   * The largest stored definition; the number of bytes that fit into a record beside its key and
   * headers.
   */
  public static final int MAX_BYTES = 1_000_000;

  private static final int HASH_DIGITS = 16;

  private DefinitionCodec() {}

  /** The same definition with the identity that follows from its content. */
  static Orchestration identified(Orchestration draft) {
    return draft.with(new DefinitionId(draft.name(), hash(draft)));
  }

  /** The stored form. */
  public static byte[] encode(Orchestration definition) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("schema", needsNewSchema(definition) ? SCHEMA_OF_EXPRESSIONS : SCHEMA);
    json.put("hash", definition.id().hash());
    putPresent(json, "initiator", definition.initiator());
    json.setAll(content(definition));
    return Json.MAPPER.writeValueAsBytes(json);
  }

  /** Reads the stored form. */
  public static Orchestration decode(byte[] value) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(value);
      if (json.path("schema").asInt(0) != SCHEMA_OF_EXPRESSIONS) {
        requireSchema(json);
      }
      List<Step> steps = new ArrayList<>();
      for (JsonNode step : json.required("steps")) {
        steps.add(step(step));
      }
      JsonNode timeout = json.get("timeout");
      return Orchestration.of(
              new DefinitionId(text(json, "orchestrationName"), text(json, "hash")),
              GraphType.valueOf(text(json, "type")),
              steps,
              timeout == null ? null : Duration.ofMillis(timeout.longValue()),
              millis(json, "undoWindow"),
              optionalText(json, "searchKey"),
              optionalText(json, "description"),
              optionalText(json, "initiator"))
          .with(presentation(json), contract(json))
          .with(triggers(json))
          .telling(ReceiverJson.read(json))
          .declaring(DeclaredFigures.read(json));
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw new MalformedRecordException("the stored definition cannot be read: " + e.getMessage());
    }
  }

  static void requireSchema(JsonNode json) throws MalformedRecordException {
    int schema = json.path("schema").asInt(0);
    if (schema != SCHEMA) {
      throw new MalformedRecordException(
          "the stored definition has schema %d; this version reads %d".formatted(schema, SCHEMA));
    }
  }

  static ObjectNode versioned() {
    return Json.MAPPER.createObjectNode().put("schema", SCHEMA);
  }

  private static String hash(Orchestration definition) {
    try {
      byte[] canonical = Json.canonical(Json.of(content(definition))).bytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonical);
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static ObjectNode content(Orchestration definition) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("orchestrationName", definition.name());
    json.put("type", definition.type().name());
    Duration timeout = definition.timeout();
    if (timeout != null) {
      json.put("timeout", timeout.toMillis());
    }
    json.put("undoWindow", definition.undoWindow().toMillis());
    putPresent(json, "searchKey", definition.searchKey());
    putPresent(json, "description", definition.description());
    Presentation presentation = definition.presentation();
    putPresent(json, "title", presentation.title());
    putPresent(json, "category", presentation.category());
    putPresent(json, "origin", presentation.origin());
    if (!presentation.labels().isEmpty()) {
      texts(json.putArray("labels"), presentation.labels());
    }
    putTree(json, "payload", definition.contract().payload());
    putTree(json, "result", definition.contract().result());
    if (!definition.triggers().isEmpty()) {
      ArrayNode triggers = json.putArray("triggers");
      for (Trigger trigger : definition.triggers()) {
        triggers
            .addObject()
            .put("name", trigger.name())
            .set(TriggerJson.kind(trigger.source()), TriggerJson.write(trigger.source()));
      }
    }
    if (!definition.receivers().isEmpty()) {
      json.set(ReceiverJson.FIELD, ReceiverJson.write(definition.receivers()));
    }
    if (!definition.breakers().isEmpty()) {
      json.set(DeclaredFigures.FIELD, DeclaredFigures.write(definition.breakers()));
    }
    if (usesExpressions(definition)) {
      json.put("expressions", ExpressionCompiler.DIALECT);
    }
    ArrayNode steps = json.putArray("steps");
    definition.steps().forEach(step -> steps.add(step(step)));
    return json;
  }

  /** Records the dialect of expressions that a stored definition uses. */
  private static boolean usesExpressions(Orchestration definition) {
    return definition.contract().result() != null
        || definition.triggers().stream().anyMatch(Trigger::hasExpressions)
        || definition.receivers().stream().anyMatch(Receiver::hasExpressions)
        || definition.steps().stream()
            .anyMatch(
                step ->
                    step.when() != null
                        || !step.data().equals(StepData.ALL)
                        || !(step.work() instanceof Work.Remote)
                        || (step.undoing() instanceof UndoRule.Own own && own.input() != null));
  }

  private static boolean needsNewSchema(Orchestration definition) {
    return usesExpressions(definition)
        || !definition.triggers().isEmpty()
        || !definition.receivers().isEmpty()
        || !definition.breakers().isEmpty()
        || definition.contract().payload() != null
        || definition.steps().stream()
            .anyMatch(
                step ->
                    step.goesOn()
                        || step.guard() != null
                        || !step.after().isEmpty()
                        || step.breaker() != null);
  }

  private static List<Trigger> triggers(JsonNode json) {
    List<Trigger> triggers = new ArrayList<>();
    for (JsonNode trigger : json.path("triggers")) {
      triggers.add(new Trigger(text(trigger, "name"), TriggerJson.read(trigger)));
    }
    return triggers;
  }

  private static Presentation presentation(JsonNode json) {
    return new Presentation(
        optionalText(json, "title"),
        optionalText(json, "category"),
        json.has("labels") ? texts(json, "labels") : List.of(),
        optionalText(json, "origin"));
  }

  private static Contract contract(JsonNode json) throws MalformedRecordException {
    int dialect = json.path("expressions").asInt(ExpressionCompiler.DIALECT);
    if (dialect > ExpressionCompiler.DIALECT) {
      throw new MalformedRecordException(
          "the stored definition has expressions of dialect %d; this version evaluates %d"
              .formatted(dialect, ExpressionCompiler.DIALECT));
    }
    return new Contract(tree(json, "payload"), tree(json, "result"));
  }

  /** Fields that are written only if a document has them: all others keep their hash. */
  static ObjectNode step(Step step) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("name", step.name());
    json.put("seq", step.seq());
    texts(json.putArray("dependsOn"), step.dependsOn());
    if (!step.after().isEmpty()) {
      texts(json.putArray("after"), step.after());
    }
    Guard guard = step.guard();
    if (guard != null) {
      json.putObject("guard").put("choice", guard.choice()).put("branch", guard.branch());
    }
    putPresent(json, "when", step.when());
    putTree(json, "input", step.data().input());
    putTree(json, "result", step.data().result());
    if (step.goesOn()) {
      json.put("onFailure", "continue");
    }
    putPresent(json, "breaker", step.breaker());
    if (step.work() instanceof Work.Set set) {
      putTree(json, "set", set.template());
      return json;
    }
    if (step.work() instanceof Work.Validate validate) {
      putTree(json, "validate", validate.rules());
      return json;
    }
    if (step.work() instanceof Work.Wait wait) {
      Duration lasts = wait.lasts();
      if (lasts == null) {
        putTree(json, "wait", wait.template());
      } else {
        json.put("wait", lasts.toMillis());
      }
      return json;
    }
    if (step.work() instanceof Work.Until until) {
      putTree(json, "until", until.template());
      return json;
    }
    if (step.work() instanceof Work.Signal wait) {
      HumanTask task = wait.task();
      if (task == null) {
        json.put("signal", wait.signal());
      } else {
        json.set("task", task(task));
      }
      putPresent(json, "accept", wait.accept());
      if (!step.timeout().isZero()) {
        json.put("timeout", step.timeout().toMillis());
        json.put("onTimeout", step.onTimeout().name());
      }
      return json;
    }
    if (step.work() instanceof Work.Choose choice) {
      ArrayNode branches = json.putArray("choice");
      choice.branches().forEach(branches::add);
      return json;
    }
    if (step.work() instanceof Work.Parts parts) {
      PartsCodec.write(json, step, parts);
      return json;
    }
    if (step.work() instanceof Work.Http http) {
      HttpCodec.write(json, step, http);
      return json;
    }
    Work.Remote remote = step.remote();
    if (step.undoing() instanceof UndoRule.Own own) {
      putTree(json, "undoInput", own.input());
    }
    json.put("timeout", step.timeout().toMillis());
    json.set("retry", policy(step.retry()));
    json.set("undoRetry", policy(step.undoRetry()));
    json.put("undoable", step.undoable());
    json.put("undoFailed", step.undoFailed());
    json.put("pivot", step.pivot());
    json.put("committed", remote.committed());
    json.put("onTimeout", step.onTimeout().name());
    json.put("sharedTopic", remote.sharedTopic());
    putPresent(json, "objectType", remote.objectType());
    ObjectNode bindings = json.putObject("bindings");
    new TreeMap<>(remote.bindings()).forEach(bindings::put);
    FailStep failStep = remote.failStep();
    // Documents that do not say it keep the hash that they had before it could be said.
    putPresent(json, "failStep", failStep == null ? null : failStep.name());
    return json;
  }

  private static ObjectNode task(HumanTask task) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    putTree(json, "texts", task.texts());
    putTree(json, "form", task.form());
    Duration due = task.due();
    if (due != null) {
      json.put("due", due.toMillis());
    }
    return json;
  }

  private static HumanTask task(JsonNode json) {
    JsonNode due = json.get("due");
    return new HumanTask(
        Json.of(json.required("texts")).toString(),
        tree(json, "form"),
        due == null ? null : Duration.ofMillis(due.longValue()));
  }

  private static StepData data(JsonNode json) {
    return new StepData(tree(json, "input"), tree(json, "result"));
  }

  private static @Nullable Guard guard(JsonNode json) {
    JsonNode guard = json.get("guard");
    return guard == null
        ? null
        : new Guard(text(guard, "choice"), guard.required("branch").intValue());
  }

  private static List<String> after(JsonNode json) {
    return json.has("after") ? texts(json, "after") : List.of();
  }

  private static Work.Choose choice(JsonNode json) {
    List<@Nullable String> branches = new ArrayList<>();
    for (JsonNode when : json) {
      branches.add(when.isNull() ? null : when.stringValue());
    }
    return new Work.Choose(branches);
  }

  private static Step insideStep(JsonNode json, Work work) {
    return insideStep(json, work, AttemptRules.INSIDE);
  }

  private static Step insideStep(JsonNode json, Work work, AttemptRules attempts) {
    return engineStep(json, work, attempts, UndoRule.NONE, false);
  }

  private static Step partsStep(JsonNode json, String kind) {
    return engineStep(
        json,
        PartsCodec.work(json, kind),
        PartsCodec.attempts(json),
        PartsCodec.undoing(json),
        json.has("pivot"));
  }

  /** A step that no worker serves. */
  private static Step engineStep(
      JsonNode json, Work work, AttemptRules attempts, UndoRule undoing, boolean pivot) {
    return new Step(
        text(json, "name"),
        json.required("seq").intValue(),
        texts(json, "dependsOn"),
        after(json),
        guard(json),
        optionalText(json, "when"),
        data(json),
        work,
        attempts,
        undoing,
        json.has("onFailure"),
        pivot);
  }

  static Step step(JsonNode json) {
    return withoutBreaker(json).withBreaker(optionalText(json, "breaker"));
  }

  private static Step withoutBreaker(JsonNode json) {
    String partsKind = PartsCodec.kindOf(json);
    if (partsKind != null) {
      return partsStep(json, partsKind);
    }
    String httpKind = HttpCodec.kindOf(json);
    if (httpKind != null) {
      return engineStep(
          json,
          HttpCodec.work(json, httpKind),
          HttpCodec.attempts(json),
          HttpCodec.undoing(json),
          json.has("pivot"));
    }
    String set = tree(json, "set");
    if (set != null) {
      return insideStep(json, new Work.Set(set));
    }
    String rules = tree(json, "validate");
    if (rules != null) {
      return insideStep(json, new Work.Validate(rules));
    }
    JsonNode wait = json.get("wait");
    if (wait != null) {
      return insideStep(
          json,
          wait.isNumber()
              ? new Work.Wait(Duration.ofMillis(wait.longValue()), null)
              : new Work.Wait(null, tree(json, "wait")));
    }
    String until = tree(json, "until");
    if (until != null) {
      return insideStep(json, new Work.Until(until));
    }
    if (json.has("signal") || json.has("task")) {
      JsonNode timeout = json.get("timeout");
      JsonNode task = json.get("task");
      return insideStep(
          json,
          new Work.Signal(
              text(json, task == null ? "signal" : "name"),
              optionalText(json, "accept"),
              task == null ? null : task(task)),
          AttemptRules.waiting(
              timeout == null ? null : Duration.ofMillis(timeout.longValue()),
              timeout == null ? OnTimeout.RETRY : OnTimeout.valueOf(text(json, "onTimeout"))));
    }
    JsonNode branches = json.get("choice");
    if (branches != null) {
      return insideStep(json, choice(branches));
    }
    String failStep = optionalText(json, "failStep");
    Map<String, String> bindings = new LinkedHashMap<>();
    json.required("bindings")
        .properties()
        .forEach(
            binding ->
                bindings.put(binding.getKey(), JsonText.of(binding.getValue(), "a binding")));
    boolean undoFailed = json.required("undoFailed").booleanValue();
    return new Step(
        text(json, "name"),
        json.required("seq").intValue(),
        texts(json, "dependsOn"),
        after(json),
        guard(json),
        optionalText(json, "when"),
        data(json),
        new Work.Remote(
            json.required("committed").booleanValue(),
            json.required("sharedTopic").booleanValue(),
            optionalText(json, "objectType"),
            bindings,
            failStep == null ? null : FailStep.valueOf(failStep)),
        new AttemptRules(
            millis(json, "timeout"),
            OnTimeout.valueOf(text(json, "onTimeout")),
            policy(json.required("retry")),
            policy(json.required("undoRetry"))),
        json.required("undoable").booleanValue()
            ? new UndoRule.Own(undoFailed, tree(json, "undoInput"))
            : UndoRule.NONE,
        json.has("onFailure"),
        json.required("pivot").booleanValue());
  }

  static ObjectNode policy(RetryPolicy policy) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("maxAttempts", policy.maxAttempts());
    json.put("strategy", policy.strategy().name());
    json.put("delay", policy.delay().toMillis());
    if (policy.factor() != RetryPolicy.DEFAULT_FACTOR) {
      json.put("factor", policy.factor());
    }
    json.put("maxDelay", policy.maxDelay().toMillis());
    json.put("jitter", policy.jitter());
    texts(json.putArray("retryOn"), policy.retryOn());
    texts(json.putArray("abortOn"), policy.abortOn());
    return json;
  }

  static RetryPolicy policy(JsonNode json) {
    return new RetryPolicy(
        json.required("maxAttempts").intValue(),
        RetryPolicy.Strategy.valueOf(text(json, "strategy")),
        millis(json, "delay"),
        json.path("factor").doubleValue(RetryPolicy.DEFAULT_FACTOR),
        millis(json, "maxDelay"),
        json.required("jitter").doubleValue(),
        texts(json, "retryOn"),
        texts(json, "abortOn"));
  }

  private static void texts(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }

  static List<String> texts(JsonNode json, String name) {
    List<String> texts = new ArrayList<>();
    json.required(name).forEach(text -> texts.add(JsonText.of(text, "each of " + name)));
    return texts;
  }

  private static Duration millis(JsonNode json, String name) {
    return Duration.ofMillis(json.required(name).longValue());
  }

  static String text(JsonNode json, String name) {
    return JsonText.required(json, name);
  }

  static @Nullable String optionalText(JsonNode json, String name) {
    JsonNode value = json.get(name);
    return value == null ? null : value.stringValue();
  }

  /** A JSON value that a definition keeps as text. */
  static @Nullable String tree(JsonNode json, String name) {
    JsonNode value = json.get(name);
    return value == null ? null : Json.of(value).toString();
  }

  static void putTree(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.set(name, Json.MAPPER.readTree(value));
    }
  }

  static void putPresent(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
