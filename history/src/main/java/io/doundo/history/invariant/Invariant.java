package io.doundo.history.invariant;

import io.doundo.history.History;
import java.util.List;

/** One thing that every history must keep. Stateless. */
interface Invariant {

  String name();

  /** Judges one life of one flow. */
  default void judge(Life life, Findings findings) {}

  /** Judges what concerns more than one flow. */
  default void judge(History history, List<Life> lives, Findings findings) {}
}
