package io.doundo.launcher.demo;

/** What became of a scenario. */
record Outcome(Scenario scenario, String flowId, Evidence evidence, Verdict verdict) {

  static Outcome of(Scenario scenario, String flowId, Evidence evidence) {
    return new Outcome(scenario, flowId, evidence, Verdict.of(scenario, evidence));
  }
}
