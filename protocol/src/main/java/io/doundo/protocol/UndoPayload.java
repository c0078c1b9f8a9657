package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * The two halves of an UNDO's payload: what the DO was asked and what it returned. On the wire they
 * are one object, merged by field name, which a plain worker reads as it is. Two record headers let
 * a reader take them apart again: the names of the result's fields, and the values that the result
 * replaced.
 *
 * @param request what the DO was asked
 * @param result what the DO returned; null when it returned nothing or is unknown
 * @param told whether the command says which fields are the result's; without it, {@code request}
 *     is the payload as it was sent and {@code result} is null
 */
public record UndoPayload(RawJson request, @Nullable RawJson result, boolean told) {

  /**
   * The record headers that separate the two halves.
   *
   * @param request the merged DO payload
   * @param result an object, or null when the DO returned none
   */
  public static Map<String, RawJson> headers(RawJson request, @Nullable RawJson result) {
    Map<String, RawJson> headers = new LinkedHashMap<>();
    try {
      Map<String, RawJson> made = result == null ? Map.of() : Json.fields(result.bytes());
      headers.put(RecordHeaders.RESULT_FIELDS, names(made.keySet()));
      Map<String, RawJson> replaced = new LinkedHashMap<>();
      if (request.isObject() && !made.isEmpty()) {
        replaced.putAll(Json.fields(request.bytes()));
        replaced.keySet().retainAll(made.keySet());
      }
      if (!replaced.isEmpty()) {
        headers.put(RecordHeaders.REPLACED, Json.object(replaced));
      }
      return headers;
    } catch (MalformedRecordException e) {
      throw new IllegalArgumentException("the halves of an UNDO's payload are not JSON", e);
    }
  }

  /**
   * Takes the payload of an UNDO apart.
   *
   * @throws MalformedRecordException when a header is not what {@link #headers} writes
   */
  public static UndoPayload of(RawJson payload, HeaderLookup record)
      throws MalformedRecordException {
    byte[] names = record.last(RecordHeaders.RESULT_FIELDS);
    if (names == null) {
      return new UndoPayload(payload, null, false);
    }
    Set<String> made = names(names);
    if (made.isEmpty() || !payload.isObject()) {
      return new UndoPayload(payload, null, true);
    }
    byte[] replaced = record.last(RecordHeaders.REPLACED);
    Map<String, RawJson> request = new LinkedHashMap<>(Json.fields(payload.bytes()));
    Map<String, RawJson> result = new LinkedHashMap<>();
    for (String name : made) {
      RawJson value = request.remove(name);
      if (value == null) {
        throw new MalformedRecordException(
            "%s names the field \"%s\", which is not in the payload"
                .formatted(RecordHeaders.RESULT_FIELDS, Names.shortened(name)));
      }
      result.put(name, value);
    }
    if (replaced != null) {
      request.putAll(replaced(replaced));
    }
    return new UndoPayload(Json.object(request), Json.object(result), true);
  }

  private static RawJson names(Set<String> names) {
    ArrayNode array = Json.MAPPER.createArrayNode();
    names.forEach(array::add);
    return Json.of(array);
  }

  private static Set<String> names(byte[] header) throws MalformedRecordException {
    JsonNode array = Json.MAPPER.readTree(checked(RecordHeaders.RESULT_FIELDS, header).bytes());
    Set<String> names = new LinkedHashSet<>();
    if (array.isArray()) {
      for (JsonNode name : array) {
        if (name.isString()) {
          names.add(name.stringValue());
        }
      }
    }
    if (!array.isArray() || names.size() < array.size()) {
      throw new MalformedRecordException(
          RecordHeaders.RESULT_FIELDS + " must be a JSON array of different field names");
    }
    return names;
  }

  private static Map<String, RawJson> replaced(byte[] header) throws MalformedRecordException {
    RawJson values = checked(RecordHeaders.REPLACED, header);
    if (!values.isObject()) {
      throw new MalformedRecordException(RecordHeaders.REPLACED + " must be a JSON object");
    }
    return Json.fields(values.bytes());
  }

  private static RawJson checked(String name, byte[] header) throws MalformedRecordException {
    try {
      return Json.value(header);
    } catch (MalformedRecordException e) {
      throw new MalformedRecordException("the record header " + name + ": " + e.reason());
    }
  }
}
