package io.doundo.worker;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A command as it came.
 *
 * @param headers the scalar body headers
 * @param recordHeaders the record headers that are text
 */
public record ExecutionMessage(
    Map<String, String> headers, Map<String, String> recordHeaders, JsonNode payload) {

  public ExecutionMessage {
    headers = Map.copyOf(headers);
    recordHeaders = Map.copyOf(recordHeaders);
  }
}
