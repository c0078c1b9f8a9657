package io.doundo.examples.external;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How the outside world is to misbehave: the field {@code behave} of a start payload, for trying
 * things out. {@code {"createClient": {"do": {"failTimes": 2}, "undo": {"hangMillis": 5000}}}}.
 *
 * @param steps by the name of the step
 */
public record Behaviour(@JsonValue @Nullable JsonNode steps) {

  /** As it should. */
  public static final Behaviour WELL = new Behaviour(null);

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Behaviour {}

  /** The requested behaviour of one command. */
  CommandBehaviour behaviour(CallContext call) {
    JsonNode wanted =
        steps == null ? null : steps.path(call.step()).path(call.action().toLowerCase(Locale.ROOT));
    return wanted == null || !wanted.isObject()
        ? CommandBehaviour.GOOD
        : CommandBehaviour.of(wanted);
  }

  /**
   * How one command is taken.
   *
   * @param failTimes number of attempts that fail before their effect
   * @param failForGood fails before it has an effect, and says that retrying is useless
   * @param throwTimes number of attempts that have their effect and then throw
   * @param hangMillis how long it takes before its effect
   * @param lateMillis how long it takes from its effect to its return
   * @param lateTimes number of attempts that are late; all of them by default
   * @param notIdempotent each call makes another thing, whatever its idempotency key
   * @param crash the process dies between its effect and its return, once
   */
  record CommandBehaviour(
      int failTimes,
      boolean failForGood,
      int throwTimes,
      long hangMillis,
      long lateMillis,
      int lateTimes,
      boolean notIdempotent,
      boolean crash) {

    static final CommandBehaviour GOOD =
        new CommandBehaviour(0, false, 0, 0, 0, Integer.MAX_VALUE, false, false);

    static CommandBehaviour of(JsonNode wanted) {
      return new CommandBehaviour(
          wanted.path("failTimes").asInt(0),
          wanted.path("failForGood").asBoolean(false),
          wanted.path("throwTimes").asInt(0),
          wanted.path("hangMillis").asLong(0),
          wanted.path("lateMillis").asLong(0),
          wanted.path("lateTimes").asInt(Integer.MAX_VALUE),
          wanted.path("notIdempotent").asBoolean(false),
          wanted.path("crash").asBoolean(false));
    }
  }
}
