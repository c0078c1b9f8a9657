package io.doundo.protocol.http;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a command on {@code orchestrator.http}. It is complete: who carries it out needs
 * no definition, only the connection that it names. Immutable.
 *
 * @param dialect of the expressions
 * @param calls those of the command; not empty
 * @param ok a condition over {@code response}: whether the call succeeded; null for 2xx
 * @param result a template for the step's result; null for the body of the response
 * @param outcomes what the step says about single statuses
 * @param isIdempotent whether the service recognises a repeated call by its key
 * @param isSigned whether it is a webhook, signed with the secret of its connection
 * @param settle how long after the last deadline a call may still arrive, so that a negative {@code
 *     verify} proves nothing before; null for the connection's
 * @param values the variables that the expressions read, {@code steps} among them; {@code
 *     response}, {@code key}, {@code result} and {@code effect} are not, because whoever carries
 *     out the command knows them
 */
public record HttpCommand(
    int dialect,
    List<HttpCall> calls,
    @Nullable String ok,
    @Nullable RawJson result,
    HttpOutcomes outcomes,
    boolean isIdempotent,
    boolean isSigned,
    @Nullable Duration settle,
    Map<String, RawJson> values) {

  /** The version of this form. */
  public static final int VERSION = 1;

  static final int MAX_CALLS = 100;

  public HttpCommand {
    calls = List.copyOf(calls);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    if (calls.isEmpty() || calls.size() > MAX_CALLS) {
      throw new IllegalArgumentException(
          "a command has 1 to " + MAX_CALLS + " calls: " + calls.size());
    }
  }

  /**
   * Reads the payload of a command.
   *
   * @throws MalformedRecordException with the place and the reason, such as {@code
   *     calls[0].request.url must be …}
   */
  public static HttpCommand decode(RawJson payload) throws MalformedRecordException {
    return HttpCommandReader.read(payload);
  }

  /** The payload; what is absent or has its default is left out. */
  public RawJson encode() {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    fields.put("http", number(VERSION));
    fields.put("dialect", number(dialect));
    fields.put("calls", Json.array(calls.stream().map(HttpCommand::call).toList()));
    text(fields, "ok", ok);
    present(fields, "result", result);
    if (!outcomes.byStatus().isEmpty()) {
      Map<String, RawJson> words = new LinkedHashMap<>();
      outcomes.byStatus().forEach((status, outcome) -> text(words, status, outcome.word()));
      fields.put("outcomes", Json.object(words));
    }
    flag(fields, "idempotent", isIdempotent);
    flag(fields, "signed", isSigned);
    if (settle != null) {
      fields.put("settle", number(settle.toMillis()));
    }
    if (!values.isEmpty()) {
      fields.put("values", Json.object(values));
    }
    return Json.object(fields);
  }

  private static RawJson call(HttpCall call) {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    text(fields, "key", call.key());
    fields.put("request", request(call.request()));
    HttpVerify verify = call.verify();
    if (verify != null) {
      Map<String, RawJson> inner = new LinkedHashMap<>();
      inner.put("request", request(verify.request()));
      text(inner, "ok", verify.ok());
      text(inner, "done", verify.done());
      present(inner, "result", verify.result());
      fields.put("verify", Json.object(inner));
    }
    if (call.lastDeadline() != null) {
      fields.put("lastDeadline", number(call.lastDeadline().toEpochMilli()));
    }
    text(fields, "effect", call.effect() == null ? null : call.effect().name());
    present(fields, "result", call.result());
    return Json.object(fields);
  }

  private static RawJson request(HttpRequest request) {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    text(fields, "connection", request.connection());
    text(fields, "method", request.method().name());
    text(fields, "url", request.url());
    if (!request.headers().isEmpty()) {
      Map<String, RawJson> headers = new LinkedHashMap<>();
      request.headers().forEach((name, value) -> text(headers, name, value));
      fields.put("headers", Json.object(headers));
    }
    present(fields, "body", request.body());
    flag(fields, "template", request.isTemplate());
    return Json.object(fields);
  }

  private static RawJson number(long number) {
    return Json.number(number);
  }

  private static void text(Map<String, RawJson> fields, String name, @Nullable String text) {
    if (text != null) {
      fields.put(name, Json.string(text));
    }
  }

  private static void present(Map<String, RawJson> fields, String name, @Nullable RawJson value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private static void flag(Map<String, RawJson> fields, String name, boolean is) {
    if (is) {
      fields.put(name, RawJson.TRUE);
    }
  }
}
