package io.doundo.bench.sdk;

import io.doundo.worker.Do;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Three steps that do nothing but say that they had the payload. */
abstract class ThreeSteps {

  @Do("s01")
  ObjectNode first(ObjectNode payload) {
    return passedOn(payload, 1);
  }

  @Undo("s01")
  void undoFirst(Undoing<ObjectNode, ObjectNode> undoing) {
    // There is no effect.
  }

  @Undo("s02")
  void undoSecond(Undoing<ObjectNode, ObjectNode> undoing) {
    // There is no effect.
  }

  @Undo("s03")
  void undoThird(Undoing<ObjectNode, ObjectNode> undoing) {
    // There is no effect.
  }

  /** The payload as the plain workers hand it on. */
  static ObjectNode passedOn(ObjectNode payload, int step) {
    int hop = Integer.parseInt(payload.path("hop").asString()) + 1;
    return payload
        .put("by", String.format(Locale.ROOT, "s%02d", step))
        .put("hop", String.format(Locale.ROOT, "%02d", hop));
  }
}
