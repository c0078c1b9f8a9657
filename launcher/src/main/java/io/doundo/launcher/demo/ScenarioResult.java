package io.doundo.launcher.demo;

/** The outcome of a scenario. */
record ScenarioResult(
    DemoScenario scenario, String flowId, ObservedFlow observed, FlowCheck check) {

  static ScenarioResult of(DemoScenario scenario, String flowId, ObservedFlow observed) {
    return new ScenarioResult(scenario, flowId, observed, FlowCheck.of(scenario, observed));
  }
}
