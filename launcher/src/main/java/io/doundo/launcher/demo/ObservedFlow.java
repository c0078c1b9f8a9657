package io.doundo.launcher.demo;

import java.util.List;

/**
 * The evidence about one flow afterwards: the orchestrator's view, its audit log, and,
 * independently of both, the workers' store and ledger.
 *
 * @param status of the flow; empty when the orchestrator does not know it
 * @param reason why the flow is where it is, if there is one
 * @param killed the instance of the workers that was killed during the flow; empty when none was
 */
record ObservedFlow(
    String status,
    String reason,
    List<ObservedStep> steps,
    List<AuditEntry> audit,
    List<LedgerEffect> ledger,
    List<ExistingThing> things,
    String killed) {

  ObservedFlow {
    steps = List.copyOf(steps);
    audit = List.copyOf(audit);
    ledger = List.copyOf(ledger);
    things = List.copyOf(things);
  }

  /** A step as the orchestrator sees it. */
  record ObservedStep(String name, String status, int attempts) {}

  /** A line of the ledger that changed something: a thing was created or removed. */
  record LedgerEffect(String step, EffectKind kind, String thing, String instance) {}

  /** How an effect changed its thing. */
  enum EffectKind {
    CREATED,
    REMOVED
  }

  /** Something that exists now. */
  record ExistingThing(String step, String id) {}

  List<LedgerEffect> effects(String step, EffectKind kind) {
    return ledger.stream()
        .filter(effect -> effect.step().equals(step) && effect.kind() == kind)
        .toList();
  }

  List<String> existing(String step) {
    return things.stream()
        .filter(thing -> thing.step().equals(step))
        .map(ExistingThing::id)
        .toList();
  }
}
