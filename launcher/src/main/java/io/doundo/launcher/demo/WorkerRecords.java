package io.doundo.launcher.demo;

import io.doundo.launcher.demo.ObservedFlow.ExistingThing;
import io.doundo.launcher.demo.ObservedFlow.LedgerEffect;
import java.util.List;

/** The example workers' own records, which the orchestrator has no hand in. */
interface WorkerRecords {

  /** The effects of one flow, in the order in which they happened. */
  List<LedgerEffect> effects(String flowId);

  /** The things of one flow that exist now. */
  List<ExistingThing> things(String flowId);
}
