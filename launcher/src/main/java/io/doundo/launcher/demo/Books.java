package io.doundo.launcher.demo;

import io.doundo.launcher.demo.Evidence.Effect;
import io.doundo.launcher.demo.Evidence.Thing;
import java.util.List;

/** The example workers' own records, which the orchestrator has no hand in. */
interface Books {

  /** The effects of one flow, in the order in which they happened. */
  List<Effect> effects(String flowId);

  /** What exists now of one flow. */
  List<Thing> things(String flowId);
}
