package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.Utf8;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A request to start a flow.
 *
 * @param flowId null when the initiator leaves the choice to the orchestrator
 * @param payload {@code {}} when it was absent or null
 * @param initiator the service that asks, or null when it does not say
 * @param headers the start's own body headers, an object; they travel with every command. Null when
 *     it has none beside those that this protocol defines
 */
public record StartEvent(
    String orchestrationName,
    @Nullable String flowId,
    RawJson payload,
    @Nullable String initiator,
    @Nullable RawJson headers) {

  private static final List<String> NAME_FIELDS = List.of("orchestrationName", "orchName");

  /** Fields that may stand beside {@code payload} in the flat form. */
  private static final Set<String> FLAT_FIELDS =
      Set.of(
          "orchestrationName",
          "orchName",
          "flowId",
          "payload",
          "initiator",
          "serviceName",
          "source",
          "eventType",
          "timestamp",
          "$schema");

  /** The maximum number of extra body headers of a start. */
  public static final int MAX_HEADERS = 50;

  /** How many bytes they may take together, because they travel with every command. */
  public static final int MAX_HEADER_BYTES = 4_096;

  /**
   * Body headers that say what a record is, or who wrote it: a command has its own, and its worker
   * is another service.
   */
  private static final Set<String> DEFINED_HEADERS =
      Set.of(
          "flowId",
          "orchestrationName",
          "orchName",
          "stepName",
          "action",
          "seq",
          "attempt",
          "eventType",
          "timestamp",
          "initiator",
          "serviceName",
          "X-Service-Name",
          "source");

  /** A start without extra body headers. */
  public StartEvent(
      String orchestrationName,
      @Nullable String flowId,
      RawJson payload,
      @Nullable String initiator) {
    this(orchestrationName, flowId, payload, initiator, null);
  }

  /**
   * Reads a record of {@code orchestrator.execution.start} in any of its forms: enveloped, flat
   * ({@code {"orchestrationName":…,"payload":…}}), or a bare payload under record headers.
   *
   * @param value the record's value, null for a tombstone
   * @param key the record's key, or null
   */
  public static StartEvent decode(
      byte @Nullable [] value, byte @Nullable [] key, HeaderLookup headers)
      throws MalformedRecordException {
    byte[] bytes = value == null ? new byte[0] : Utf8.withoutByteOrderMark(value);
    String headerName = nameFromHeaders(headers);
    if (headerName != null && !isObject(bytes)) {
      return bare(headerName, Json.value(bytes), key, headers);
    }
    Map<String, RawJson> fields = Json.fields(bytes);
    if (Envelope.isEnvelope(fields)) {
      Envelope envelope = Envelope.of(fields);
      String bodyName = nameFrom(envelope.headers());
      if (bodyName != null || fields.keySet().equals(Set.of("headers", "payload"))) {
        return of(bodyName, headerName, envelope.headers(), envelope.payload(), key, headers)
            .with(ownHeaders(Envelope.headersOf(fields)));
      }
    }
    if (headerName != null && !fields.containsKey("payload")) {
      return bare(headerName, Json.value(bytes), key, headers);
    }
    Map<String, String> scalars = scalars(fields);
    String bodyName = nameFrom(scalars);
    if (bodyName == null && headerName != null) {
      return bare(headerName, Json.value(bytes), key, headers);
    }
    if (bodyName != null && !fields.containsKey("payload")) {
      requireNothingLost(fields.keySet());
    }
    return of(bodyName, headerName, scalars, Envelope.present(fields.get("payload")), key, headers);
  }

  /** The record value in the enveloped form. */
  public byte[] encode() {
    Map<String, RawJson> headers = new LinkedHashMap<>();
    if (this.headers != null) {
      headers.putAll(Json.trustedFields(this.headers));
    }
    headers.put("orchestrationName", Json.string(orchestrationName));
    if (flowId != null) {
      headers.put("flowId", Json.string(flowId));
    }
    if (initiator != null) {
      headers.put("serviceName", Json.string(initiator));
    }
    Map<String, RawJson> fields = new LinkedHashMap<>();
    fields.put("headers", Json.object(headers));
    fields.put("payload", payload);
    return Json.object(fields).bytes();
  }

  private static StartEvent of(
      @Nullable String bodyName,
      @Nullable String headerName,
      Map<String, String> body,
      @Nullable RawJson payload,
      byte @Nullable [] key,
      HeaderLookup headers)
      throws MalformedRecordException {
    if (bodyName != null && headerName != null && !bodyName.equals(headerName)) {
      throw new MalformedRecordException(
          "the body names the orchestration \"%s\" but a record header names \"%s\""
              .formatted(Names.shortened(bodyName), Names.shortened(headerName)));
    }
    String name = bodyName != null ? bodyName : headerName;
    if (name == null) {
      throw new MalformedRecordException(
          "the start event names no orchestration: it needs \"orchestrationName\" in its headers,"
              + " in its body or as a record header");
    }
    return new StartEvent(
        Names.requireOrchestration(name),
        started(FlowIds.find(body.get("flowId"), headers, key)),
        payload == null ? RawJson.EMPTY_OBJECT : payload,
        initiator(body, headers));
  }

  private static @Nullable String started(@Nullable String flowId) throws MalformedRecordException {
    String refusal = flowId == null ? null : Names.refuseStartedFlowId(flowId);
    if (refusal != null) {
      throw new MalformedRecordException(
          "flowId \"" + Names.shortened(String.valueOf(flowId)) + "\" " + refusal);
    }
    return flowId;
  }

  private StartEvent with(@Nullable RawJson ownHeaders) {
    return ownHeaders == null
        ? this
        : new StartEvent(orchestrationName, flowId, payload, initiator, ownHeaders);
  }

  private static @Nullable RawJson ownHeaders(RawJson headers) throws MalformedRecordException {
    Map<String, RawJson> own = Json.fields(headers.bytes());
    own.entrySet()
        .removeIf(
            header ->
                DEFINED_HEADERS.contains(header.getKey())
                    || header.getKey().regionMatches(true, 0, "saga-", 0, 5)
                    || header.getValue().isNull());
    if (own.isEmpty()) {
      return null;
    }
    RawJson kept = Json.object(own);
    if (own.size() > MAX_HEADERS || kept.size() > MAX_HEADER_BYTES) {
      throw new MalformedRecordException(
          "the start has %d extra headers of %d bytes, and every command carries them: at most %d headers of %d bytes are allowed; put larger values into the payload"
              .formatted(own.size(), kept.size(), MAX_HEADERS, MAX_HEADER_BYTES));
    }
    return kept;
  }

  private static StartEvent bare(
      String name, RawJson payload, byte @Nullable [] key, HeaderLookup headers)
      throws MalformedRecordException {
    return of(null, name, Map.of(), Envelope.present(payload), key, headers);
  }

  private static @Nullable String initiator(Map<String, String> body, HeaderLookup headers) {
    String named = ServiceName.find(ServiceName.REGISTRANT, headers, body);
    return named != null ? named : ServiceName.find(List.of("initiator"), headers, body);
  }

  private static @Nullable String nameFromHeaders(HeaderLookup headers)
      throws MalformedRecordException {
    for (String field : NAME_FIELDS) {
      String name = headers.text(field);
      if (name != null) {
        return name;
      }
    }
    return null;
  }

  private static @Nullable String nameFrom(Map<String, String> body) {
    for (String field : NAME_FIELDS) {
      String name = body.get(field);
      if (name != null && !name.isBlank()) {
        return name;
      }
    }
    return null;
  }

  private static Map<String, String> scalars(Map<String, RawJson> fields)
      throws MalformedRecordException {
    Map<String, RawJson> beside = new LinkedHashMap<>(fields);
    beside.keySet().retainAll(FLAT_FIELDS);
    beside.remove("payload");
    return Json.scalars(Json.object(beside));
  }

  /** Without a payload, fields beside the known ones would vanish silently. */
  private static void requireNothingLost(Set<String> fields) throws MalformedRecordException {
    Set<String> lost = new TreeSet<>(fields);
    lost.removeAll(FLAT_FIELDS);
    if (!lost.isEmpty()) {
      throw new MalformedRecordException(
          "the start event has no \"payload\" but the fields %s: put them into \"payload\""
              .formatted(String.join(", ", lost)));
    }
  }

  private static boolean isObject(byte[] bytes) {
    for (byte b : bytes) {
      if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
        return b == '{';
      }
    }
    return false;
  }
}
