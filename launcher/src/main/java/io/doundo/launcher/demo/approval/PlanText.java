package io.doundo.launcher.demo.approval;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The plan that the demo works on: a name, a monthly premium and a copay. */
final class PlanText {

  private PlanText() {}

  /** A plan with these values. */
  static ObjectNode plan(String name, int premium, int copay) {
    ObjectNode plan = JsonNodeFactory.instance.objectNode();
    plan.put("status", "active").put("name", name);
    ArrayNode costs =
        plan.putArray("plan").addObject().put("id", "standard").putArray("generalCost");
    addCost(costs, "premium", premium);
    addCost(costs, "copay", copay);
    return plan;
  }

  private static void addCost(ArrayNode costs, String id, int value) {
    costs.addObject().put("id", id).putObject("cost").put("value", value).put("currency", "EUR");
  }

  /** The same with another name, premium or copay; a path as the example's API has it. */
  static String words(String name, int premium, int copay) {
    return "%s, premium %d, copay %d".formatted(name, premium, copay);
  }

  /** A plan from a store, in the same words. */
  static String of(JsonNode plan) {
    return "%s, premium %s, copay %s"
        .formatted(
            plan.path("name").asString("no name"), cost(plan, "premium"), cost(plan, "copay"));
  }

  private static String cost(JsonNode plan, String id) {
    for (JsonNode cost : plan.path("plan").path(0).path("generalCost")) {
      if (cost.path("id").asString("").equals(id)) {
        return cost.path("cost").path("value").asString("nothing");
      }
    }
    return "nothing";
  }
}
