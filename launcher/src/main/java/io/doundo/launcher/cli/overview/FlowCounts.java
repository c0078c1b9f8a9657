package io.doundo.launcher.cli.overview;

import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.ServiceJson;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The number of flows and of those in each group, as rows. */
record FlowCounts(JsonNode all, JsonNode facets) {

  /** The number; an estimate says so. */
  String total() {
    return all.path("count").asString("0") + (all.path("exact").asBoolean(true) ? "" : " or more");
  }

  Listing groups() {
    return new Listing("groups", Listing.text("value"), "No flows.")
        .column("GROUP", Listing.text("group"))
        .column("VALUE", Listing.text("value"))
        .column("FLOWS", Listing.text("flows"))
        .column("TEMPLATE", Listing.text("template"));
  }

  /** All groups as rows, beside the total. */
  JsonNode json() {
    ObjectNode json = ServiceJson.MAPPER.createObjectNode();
    json.set("total", all);
    ArrayNode groups = json.putArray("groups");
    for (Map.Entry<String, JsonNode> facet : facets.properties()) {
      if (facet.getValue().isArray()) {
        for (JsonNode one : facet.getValue()) {
          row(groups, facet.getKey(), one.path("id").asString(""), one.path("count"))
              .put("template", one.path("template").asString(""));
        }
      } else {
        for (Map.Entry<String, JsonNode> one : facet.getValue().properties()) {
          row(groups, facet.getKey(), one.getKey(), one.getValue());
        }
      }
    }
    return json;
  }

  private static ObjectNode row(ArrayNode groups, String group, String value, JsonNode flows) {
    ObjectNode row = groups.addObject();
    row.put("group", group);
    row.put("value", value);
    row.set("flows", flows);
    return row;
  }
}
