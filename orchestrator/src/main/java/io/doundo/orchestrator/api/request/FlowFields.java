package io.doundo.orchestrator.api.request;

import io.doundo.orchestrator.query.flow.FlowSummary;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields that the flows of a list are wanted with, as they were given. */
public final class FlowFields {

  private static final List<String> KNOWN =
      Arrays.stream(FlowSummary.class.getRecordComponents()).map(one -> one.getName()).toList();

  private FlowFields() {}

  /**
   * Leaves nothing in the flows of a page but the wanted fields.
   *
   * @param page as it would be answered, without what the caller may not see
   * @param fields each of which may be several, separated by commas
   */
  public static JsonNode only(JsonNode page, List<String> fields) {
    Set<String> wanted = wanted(fields);
    for (JsonNode flow : page.path("flows")) {
      ((ObjectNode) flow).retain(wanted);
    }
    return page;
  }

  private static Set<String> wanted(List<String> fields) {
    Set<String> wanted = new LinkedHashSet<>();
    for (String text : fields) {
      for (String name : text.split(",", -1)) {
        if (!KNOWN.contains(name.strip())) {
          throw new ApiProblem(
              ProblemKind.BAD_REQUEST,
              "fields must name fields of a flow, but has \"%s\". A flow in a list has %s."
                  .formatted(name.strip(), String.join(", ", KNOWN)),
              Map.of(),
              null);
        }
        wanted.add(name.strip());
      }
    }
    return wanted;
  }
}
