package io.doundo.launcher.chaos;

import io.doundo.protocol.Topics;

/** Which topics are which, by their names. */
final class ChaosTopics {

  private ChaosTopics() {}

  /** Whether it carries commands of a step. */
  static boolean isCommands(String topic) {
    boolean ofStep = topic.endsWith(".do") || topic.endsWith(".undo");
    return (topic.startsWith("orchestrator.") && ofStep) || topic.equals(Topics.SHARED_EVENT);
  }
}
