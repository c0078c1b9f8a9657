package io.doundo.protocol.http;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Printable;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one object of a command's payload; every error begins with the place of its field. An
 * unknown field is an error: who does not understand a command must not carry it out.
 */
final class HttpCommandReader {

  private static final int MAX_DIALECT = 1_000_000;
  private static final long MAX_SETTLE = Duration.ofDays(1).toMillis();
  private static final long MAX_TIME = 253_402_300_799_999L;

  private final String place;
  private final Map<String, RawJson> fields;

  private HttpCommandReader(String place, RawJson object, Set<String> known)
      throws MalformedRecordException {
    this.place = place;
    if (!object.isObject()) {
      throw new MalformedRecordException(
          (place.isEmpty() ? "the payload" : place)
              + " must be an object but is "
              + Json.kind(object));
    }
    this.fields = Json.fields(object.bytes());
    for (String field : fields.keySet()) {
      if (!known.contains(field)) {
        throw wrong(Printable.line(field, 80), "is not a field of this version");
      }
    }
  }

  static HttpCommand read(RawJson payload) throws MalformedRecordException {
    if (payload.isObject()) {
      RawJson version = Json.fields(payload.bytes()).get("http");
      if (version != null && !version.toString().equals(String.valueOf(HttpCommand.VERSION))) {
        throw new MalformedRecordException(
            "http: this worker reads version %d, and the command has version %s"
                .formatted(HttpCommand.VERSION, Printable.line(version.toString(), 20)));
      }
    }
    HttpCommandReader reader =
        new HttpCommandReader(
            "",
            payload,
            Set.of(
                "http",
                "dialect",
                "calls",
                "ok",
                "result",
                "outcomes",
                "idempotent",
                "signed",
                "settle",
                "values"));
    return reader.command();
  }

  private HttpCommand command() throws MalformedRecordException {
    number("http", HttpCommand.VERSION, HttpCommand.VERSION);
    List<HttpCall> calls = new ArrayList<>();
    List<RawJson> elements = elements("calls");
    if (elements.isEmpty() || elements.size() > HttpCommand.MAX_CALLS) {
      throw wrong("calls", "must be 1 to " + HttpCommand.MAX_CALLS + " but are " + elements.size());
    }
    for (int i = 0; i < elements.size(); i++) {
      calls.add(call("calls[" + i + "]", elements.get(i)));
    }
    RawJson settle = fields.get("settle");
    return new HttpCommand(
        (int) number("dialect", 1, MAX_DIALECT),
        calls,
        optionalText("ok"),
        fields.get("result"),
        outcomes(),
        flag("idempotent"),
        flag("signed"),
        settle == null ? null : Duration.ofMillis(number("settle", 0, MAX_SETTLE)),
        object("values"));
  }

  private static HttpCall call(String place, RawJson object) throws MalformedRecordException {
    HttpCommandReader reader =
        new HttpCommandReader(
            place, object, Set.of("key", "request", "verify", "lastDeadline", "effect", "result"));
    String key = reader.text("key");
    if (key.length() > HttpCall.MAX_KEY || HttpHeaders.refuseValue(key) != null || key.isBlank()) {
      throw reader.wrong(
          "key", "must have 1 to " + HttpCall.MAX_KEY + " printable ASCII characters");
    }
    RawJson verify = reader.fields.get("verify");
    RawJson lastDeadline = reader.fields.get("lastDeadline");
    return new HttpCall(
        key,
        reader.request("request"),
        verify == null ? null : verify(place + ".verify", verify),
        lastDeadline == null
            ? null
            : Instant.ofEpochMilli(reader.number("lastDeadline", 0, MAX_TIME)),
        reader.effect(),
        reader.fields.get("result"));
  }

  private static HttpVerify verify(String place, RawJson object) throws MalformedRecordException {
    HttpCommandReader reader =
        new HttpCommandReader(place, object, Set.of("request", "ok", "done", "result"));
    HttpRequest request = reader.request("request");
    return new HttpVerify(
        request, reader.optionalText("ok"), reader.text("done"), reader.fields.get("result"));
  }

  private HttpRequest request(String name) throws MalformedRecordException {
    HttpCommandReader reader =
        new HttpCommandReader(
            placeOf(name),
            required(name),
            Set.of("connection", "method", "url", "headers", "body", "template"));
    String method = reader.text("method");
    HttpMethod known = HttpMethod.of(method);
    if (known == null) {
      throw reader.wrong("method", "is not a method: \"" + Printable.line(method, 20) + '"');
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, RawJson> header : reader.object("headers").entrySet()) {
      headers.put(header.getKey(), reader.asText("headers." + header.getKey(), header.getValue()));
    }
    HttpRequest request =
        new HttpRequest(
            reader.optionalText("connection"),
            known,
            reader.text("url"),
            headers,
            reader.fields.get("body"),
            reader.flag("template"));
    String refusal = request.refuse();
    if (refusal != null) {
      throw new MalformedRecordException(reader.place + "." + refusal);
    }
    return request;
  }

  private HttpOutcomes outcomes() throws MalformedRecordException {
    Map<String, HttpOutcome> outcomes = new LinkedHashMap<>();
    for (Map.Entry<String, RawJson> field : object("outcomes").entrySet()) {
      String name = "outcomes." + Printable.line(field.getKey(), 20);
      String refusal = HttpOutcomes.refuse(field.getKey());
      if (refusal != null) {
        throw wrong(name, refusal);
      }
      HttpOutcome outcome = HttpOutcome.of(asText(name, field.getValue()));
      if (outcome == null) {
        throw wrong(name, "must be one of " + HttpOutcome.words());
      }
      outcomes.put(field.getKey(), outcome);
    }
    return new HttpOutcomes(outcomes);
  }

  private @Nullable KnownEffect effect() throws MalformedRecordException {
    String word = optionalText("effect");
    if (word == null) {
      return null;
    }
    for (KnownEffect effect : KnownEffect.values()) {
      if (effect.name().equals(word)) {
        return effect;
      }
    }
    throw wrong("effect", "must be DONE, UNKNOWN or FAILED");
  }

  private RawJson required(String name) throws MalformedRecordException {
    RawJson value = fields.get(name);
    if (value == null) {
      throw wrong(name, "is missing");
    }
    return value;
  }

  private String text(String name) throws MalformedRecordException {
    return asText(name, required(name));
  }

  private @Nullable String optionalText(String name) throws MalformedRecordException {
    RawJson value = fields.get(name);
    return value == null ? null : asText(name, value);
  }

  private String asText(String name, RawJson value) throws MalformedRecordException {
    if (!value.isString()) {
      throw wrong(name, "must be a string but is " + Json.kind(value));
    }
    return Json.text(value);
  }

  private boolean flag(String name) throws MalformedRecordException {
    RawJson value = fields.get(name);
    if (value == null || value.equals(RawJson.FALSE)) {
      return false;
    }
    if (!value.equals(RawJson.TRUE)) {
      throw wrong(name, "must be true or false but is " + Json.kind(value));
    }
    return true;
  }

  private long number(String name, long least, long most) throws MalformedRecordException {
    String text = required(name).toString();
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong(name, "must be a whole number but is " + Printable.line(text, 40));
    }
    throw wrong(name, "must be from " + least + " to " + most + " but is " + text);
  }

  private Map<String, RawJson> object(String name) throws MalformedRecordException {
    RawJson value = fields.get(name);
    if (value == null) {
      return Map.of();
    }
    if (!value.isObject()) {
      throw wrong(name, "must be an object but is " + Json.kind(value));
    }
    return Json.fields(value.bytes());
  }

  private List<RawJson> elements(String name) throws MalformedRecordException {
    RawJson value = required(name);
    if (value.bytes()[0] != '[') {
      throw wrong(name, "must be an array but is " + Json.kind(value));
    }
    return Json.elements(value);
  }

  private String placeOf(String name) {
    return place.isEmpty() ? name : place + "." + name;
  }

  private MalformedRecordException wrong(String name, String reason) {
    return new MalformedRecordException(placeOf(name) + " " + reason);
  }
}
