package io.doundo.orchestrator.streams.client;

import io.doundo.protocol.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records as clients write them. */
public final class WireRecords {

  private WireRecords() {}

  public static String start(String orchestration, @Nullable String flowId, Object payload) {
    Map<String, Object> start = new LinkedHashMap<>();
    start.put("orchestrationName", orchestration);
    start.put("flowId", flowId);
    start.put("payload", payload);
    return Json.MAPPER.writeValueAsString(start);
  }

  public static String success(
      String flowId, String step, String action, @Nullable Object payload) {
    return answer(flowId, step, action, true, null, payload);
  }

  public static String failure(String flowId, String step, String action) {
    return answer(flowId, step, action, false, "broken", null);
  }

  private static String answer(
      String flowId,
      String step,
      String action,
      boolean status,
      @Nullable String error,
      @Nullable Object payload) {
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put("flowId", flowId);
    headers.put("stepName", step);
    headers.put("action", action);
    headers.put("status", status);
    headers.put("errorMessage", error);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("headers", headers);
    answer.put("payload", payload);
    return Json.MAPPER.writeValueAsString(answer);
  }

  public static String control(String flowId, String action) {
    return "{\"flowId\":\"%s\",\"action\":\"%s\",\"controlId\":\"c-%s\"}"
        .formatted(flowId, action, action);
  }
}
