package io.doundo.http.call;

import io.doundo.expression.Bindings;
import io.doundo.expression.VisibleNames;
import io.doundo.http.client.CallResult.Answered;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpOutcome;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.http.HttpVerify;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the expressions of one call read, and what they say about a response. Immutable. */
final class CommandValues {

  private final HttpCommand command;
  private final HttpCall call;
  private final Expressions expressions;

  CommandValues(HttpCommand command, HttpCall call, Expressions expressions) {
    this.command = command;
    this.call = call;
    this.expressions = expressions;
  }

  /** How the command reads the response to its request. */
  Proof.Reading ofCommand() {
    return reading(command.ok(), true);
  }

  /** How it reads the response to the question whether it was done. */
  Proof.Reading ofVerify(HttpVerify verify) {
    return reading(verify.ok(), false);
  }

  private Proof.Reading reading(@Nullable String ok, boolean usesOutcomes) {
    return new Proof.Reading() {
      @Override
      public @Nullable HttpOutcome said(int status) {
        return usesOutcomes ? command.outcomes().of(status) : null;
      }

      @Override
      public boolean isOk(Answered response) throws Expressions.NoValueException {
        return ok == null
            ? response.status() / 100 == 2
            : expressions.isTrue("ok", ok, bindings(response));
      }
    };
  }

  /** The result of the step; null when the response has no body and the step names none. */
  @Nullable RawJson result(Answered response) throws Expressions.NoValueException {
    RawJson template = command.result();
    return template == null
        ? ResponseBinding.body(response)
        : expressions.value("result", template, bindings(response));
  }

  /** Whether the response says that the call had its effect. */
  boolean isDone(HttpVerify verify, Answered response) throws Expressions.NoValueException {
    return expressions.isTrue("verify.done", verify.done(), bindings(response));
  }

  /** The result of the step as the verification found it. */
  @Nullable RawJson found(HttpVerify verify, Answered response)
      throws Expressions.NoValueException {
    RawJson template = verify.result();
    return template == null
        ? ResponseBinding.body(response)
        : expressions.value("verify.result", template, bindings(response));
  }

  /**
   * A request with nothing left to evaluate.
   *
   * @param result of the DO, when it is known
   * @param effect of the DO
   * @throws Expressions.NoValueException also when the request must not be sent as it is
   */
  HttpRequest evaluated(HttpRequest request, @Nullable RawJson result, @Nullable String effect)
      throws Expressions.NoValueException {
    if (!request.isTemplate()) {
      return request;
    }
    Bindings bindings = bindings(null);
    if (result != null) {
      bindings.with("result", result);
    }
    if (effect != null) {
      bindings.with("effect", Json.string(effect));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      String place = "headers." + header.getKey();
      RawJson value = expressions.value(place, Json.string(header.getValue()), bindings);
      if (!value.isScalar()) {
        throw new Expressions.NoValueException(place + " must be a text");
      }
      headers.put(header.getKey(), Json.text(value));
    }
    HttpRequest evaluated =
        HttpRequest.evaluated(
            request.connection(),
            request.method(),
            expressions.url("url", request.url(), bindings),
            headers,
            request.body() == null ? null : expressions.value("body", request.body(), bindings));
    String refusal = evaluated.refuse();
    if (refusal != null) {
      throw new Expressions.NoValueException(refusal);
    }
    return evaluated;
  }

  private Bindings bindings(@Nullable Answered response) {
    Bindings bindings = new Bindings();
    command
        .values()
        .forEach(
            (name, value) -> {
              if (name.equals(VisibleNames.STEPS) && value.isObject()) {
                Json.trustedFields(value)
                    .forEach(
                        (step, fields) ->
                            bindings.withStep(
                                step, fields.isObject() ? Json.trustedFields(fields) : Map.of()));
              } else {
                bindings.with(name, value);
              }
            });
    bindings.with("key", Json.string(call.key()));
    if (response != null) {
      bindings.with("response", ResponseBinding.of(response));
    }
    if (call.effect() != null) {
      bindings.with("effect", Json.string(call.effect().name()));
    }
    if (call.result() != null) {
      bindings.with("result", call.result());
    }
    return bindings;
  }
}
