package io.doundo.orchestrator.api.notify;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.notify.Delivery;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which deliveries are to be sent again: those of events in a span of time, and more criteria.
 *
 * @param from the first moment
 * @param to the moment after the last one; null for no end
 */
record ResendOrder(
    Instant from,
    @Nullable Instant to,
    Delivery.@Nullable State state,
    @Nullable String receiver,
    @Nullable String orchestration)
    implements Predicate<Delivery> {

  private static final Set<String> FIELDS =
      Set.of("from", "to", "state", "receiver", "orchestration");

  /** Reads the body of a request. */
  static ResendOrder of(byte[] body) {
    try {
      RawJson order = Json.value(body);
      if (!order.isObject()) {
        throw new MalformedRecordException(
            "the body must be an object such as {\"from\": \"2027-01-31T02:00:00Z\"}");
      }
      Map<String, String> fields = Json.scalars(order);
      RequestBodies.requireKnown(fields.keySet(), FIELDS);
      Instant from = time(fields, "from");
      if (from == null) {
        throw new MalformedRecordException(
            "\"from\" is missing: deliveries of events from this time on are sent again");
      }
      String state = fields.get("state");
      return new ResendOrder(
          from,
          time(fields, "to"),
          state == null ? null : state(state),
          fields.get("receiver"),
          fields.get("orchestration"));
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  /** A state, in upper or lower case. */
  static Delivery.State state(String text) throws MalformedRecordException {
    for (Delivery.State state : Delivery.State.values()) {
      if (state.name().equalsIgnoreCase(text)) {
        return state;
      }
    }
    throw new MalformedRecordException(
        "state must be PENDING, DELIVERED or GIVEN_UP but is \"" + text + '"');
  }

  private static @Nullable Instant time(Map<String, String> fields, String name)
      throws MalformedRecordException {
    String text = fields.get(name);
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new MalformedRecordException(
          "\"%s\" must be a time with an offset such as 2027-01-31T02:00:00Z but is \"%s\""
              .formatted(name, text));
    }
  }

  @Override
  public boolean test(Delivery delivery) {
    return !delivery.at().isBefore(from)
        && (to == null || delivery.at().isBefore(to))
        && (state == null || delivery.state() == state)
        && (receiver == null || delivery.receiver().equals(receiver))
        && (orchestration == null || orchestration.equals(delivery.orchestration()));
  }
}
