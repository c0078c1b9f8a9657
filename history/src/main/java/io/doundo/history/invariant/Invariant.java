package io.doundo.history.invariant;

import io.doundo.history.History;
import java.util.List;

/** One thing that every history must keep. Stateless. */
interface Invariant {

  String name();

  /** Checks one incarnation of one flow. */
  default void check(FlowHistory flow, Findings findings) {}

  /** Checks what concerns more than one flow. */
  default void check(History history, List<FlowHistory> flows, Findings findings) {}
}
