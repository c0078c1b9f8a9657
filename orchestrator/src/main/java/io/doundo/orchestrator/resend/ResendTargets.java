package io.doundo.orchestrator.resend;

import io.doundo.protocol.Topics;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where dead letters may be sent: to the input topics of the orchestrator and to the topics of
 * registered steps and triggers. A dead letter only claims where it came from, because everybody
 * who may write dead letters writes that header, so the claim alone opens no topic.
 */
final class ResendTargets {

  private static final List<String> INPUTS =
      List.of(
          Topics.REGISTRATION,
          Topics.EXECUTION_START,
          Topics.RESPONSE,
          Topics.CONTROL,
          Topics.SHARED_EVENT,
          Topics.TRIGGER);

  private ResendTargets() {}

  /**
   * Why nothing may be sent to a topic; null when it may.
   *
   * @param isOfRegisteredStep whether commands of a registered step go to a topic
   * @param isOfTrigger whether a trigger reads a topic
   */
  static @Nullable String refusal(
      String topic, Predicate<String> isOfRegisteredStep, Predicate<String> isOfTrigger) {
    if (INPUTS.contains(topic)
        || (Topics.isOfStep(topic) && isOfRegisteredStep.test(topic))
        || isOfTrigger.test(topic)) {
      return null;
    }
    return "the dead letter says it came from %s, which is neither an input topic of the orchestrator (%s) nor the topic of a registered step or trigger"
        .formatted(topic, String.join(", ", INPUTS));
  }
}
