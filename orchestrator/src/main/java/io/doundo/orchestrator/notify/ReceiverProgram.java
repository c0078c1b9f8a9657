package io.doundo.orchestrator.notify;

import io.doundo.expression.Bindings;
import io.doundo.expression.Condition;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Template;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A receiver with its expressions compiled: a notice goes in, and the body that it is sent comes
 * out. Somebody is always told: where an expression fails, the receiver gets the event itself with
 * the reason in {@code problem}. Immutable and thread-safe.
 */
public final class ReceiverProgram {

  /** The names of {@code event}'s fields. */
  public static final List<String> EVENT_FIELDS =
      List.of(
          "id",
          "type",
          "flowId",
          "orchestration",
          "definition",
          "transition",
          "status",
          "step",
          "reason",
          "at",
          "receiver",
          "schedule",
          "breaker");

  /** The largest body that is sent; a larger one counts as a failed expression. */
  static final int MAX_BODY = 64 * 1024;

  private final String id;
  private final Receiver receiver;
  private final @Nullable Condition when;
  private final @Nullable Form body;

  /** What makes the body. */
  @FunctionalInterface
  interface Form {
    /** The body, with the values of the expressions. */
    RawJson evaluate(Bindings bindings) throws EvaluationException;
  }

  /**
   * Compiles the expressions.
   *
   * @param scope the orchestration, or {@code *} for a receiver of all of them
   * @throws RuntimeException when they cannot be compiled
   */
  public ReceiverProgram(String scope, Receiver receiver) {
    this(scope, receiver, form(receiver.body()));
  }

  ReceiverProgram(String scope, Receiver receiver, @Nullable Form body) {
    this.id = scope + '/' + receiver.name();
    this.receiver = receiver;
    this.when =
        receiver.when() == null
            ? null
            : ExpressionCompiler.ofStored().condition("when", receiver.when()).orElseThrow();
    this.body = body;
  }

  private static @Nullable Form form(@Nullable String body) {
    if (body == null) {
      return null;
    }
    Template template =
        ExpressionCompiler.ofStored().template("body", Json.MAPPER.readTree(body)).orElseThrow();
    return template::evaluate;
  }

  /** Its name among all receivers. */
  public String id() {
    return id;
  }

  /** What was compiled. */
  public Receiver receiver() {
    return receiver;
  }

  /** The body that the receiver is sent; empty when it is not told of this. */
  public Optional<RawJson> bodyFor(Notice notice) {
    if (!receiver.on().contains(notice.occasion())) {
      return Optional.empty();
    }
    RawJson event = notice.event(id);
    Bindings bindings = new Bindings().with("event", event);
    try {
      if (when != null && !when.evaluate(bindings)) {
        return Optional.empty();
      }
    } catch (EvaluationException | RuntimeException | StackOverflowError e) {
      return Optional.of(withProblem(event, "when: " + why(e)));
    }
    if (body == null) {
      return Optional.of(event);
    }
    try {
      RawJson evaluated = body.evaluate(bindings);
      return Optional.of(
          evaluated.size() <= MAX_BODY
              ? evaluated
              : withProblem(
                  event,
                  "body: it has %,d bytes; at most %,d are sent"
                      .formatted(evaluated.size(), MAX_BODY)));
    } catch (EvaluationException | RuntimeException | StackOverflowError e) {
      return Optional.of(withProblem(event, "body: " + why(e)));
    }
  }

  /** No expression may hold up the notifications that follow, whatever it ends with. */
  private static String why(Throwable e) {
    return e instanceof EvaluationException ? String.valueOf(e.getMessage()) : e.toString();
  }

  private static RawJson withProblem(RawJson event, String problem) {
    Map<String, RawJson> fields = new LinkedHashMap<>(Json.trustedFields(event));
    fields.put("problem", Json.string(problem));
    return Json.object(fields);
  }
}
