package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.registration.FixedTopics.Spec;
import io.doundo.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says which of the orchestrator's topics have another partition count than they must have, and
 * what can be done about it. Kafka can add partitions but never take them away.
 */
final class PartitionCounts {

  private static final String WHY =
      ". The partition count of an installation must never change, because flows are located by"
          + " it. ";

  private PartitionCounts() {}

  /**
   * The explanation, or null when every count is right.
   *
   * @param actual partition counts by topic
   */
  static @Nullable String explain(List<Spec> specs, Map<String, Integer> actual) {
    List<Spec> fixed = specs.stream().filter(Spec::fixed).toList();
    List<Spec> wrong =
        fixed.stream().filter(spec -> count(actual, spec) != spec.partitions()).toList();
    if (wrong.isEmpty()) {
      return null;
    }
    String found =
        wrong.stream()
            .map(
                spec ->
                    "topic %s has %d partitions but must have %d"
                        .formatted(spec.name(), count(actual, spec), spec.partitions()))
            .collect(Collectors.joining("; "));
    return found + WHY + advice(fixed, wrong, actual);
  }

  private static String advice(List<Spec> fixed, List<Spec> wrong, Map<String, Integer> actual) {
    // The topics of one partition stay so, whatever is configured.
    List<Spec> configured = fixed.stream().filter(spec -> !isSingle(spec)).toList();
    Set<Integer> counts =
        configured.stream().map(spec -> count(actual, spec)).collect(Collectors.toSet());
    if (counts.size() == 1 && wrong.stream().noneMatch(PartitionCounts::isSingle)) {
      return "All topics have %d partitions: set doundo.partitions=%d"
          .formatted(counts.iterator().next(), counts.iterator().next());
    }
    List<String> names = wrong.stream().map(Spec::name).toList();
    List<String> steps = new ArrayList<>();
    steps.add(
        "Kafka cannot remove partitions, so delete a topic that was altered;"
            + " the next start creates it again");
    if (names.contains(Topics.ARCHIVE)) {
      steps.add(
          "ended flows are in %s: copy its records first if you still need to show or undo them"
              .formatted(Topics.ARCHIVE));
    }
    if (names.contains(Topics.DEFINITIONS)) {
      steps.add(
          "registrations are in %s: register every orchestration again"
              .formatted(Topics.DEFINITIONS));
    }
    steps.add(
        "a topic that was read to its end loses nothing: stop its writers, let an"
            + " orchestrator with the old configuration read the rest, if there is one; check with"
            + " kafka-consumer-groups --describe --all-groups; stop the orchestrators; then"
            + " kafka-topics --delete --topic "
            + String.join(", and the same for ", names));
    steps.add("if an answer is lost with its topic, its step times out and is sent again");
    return String.join(". ", steps.stream().map(PartitionCounts::capitalized).toList());
  }

  private static boolean isSingle(Spec spec) {
    return spec.name().equals(Topics.REGISTRATION)
        || spec.name().equals(Topics.REGISTRATION_STATUS)
        || spec.name().equals(Topics.DEFINITIONS)
        || spec.name().equals(Topics.JOBS)
        || spec.name().equals(Topics.TEMPLATES)
        || spec.name().equals(Topics.SCHEDULES)
        || spec.name().equals(Topics.BREAKERS);
  }

  private static int count(Map<String, Integer> actual, Spec spec) {
    return actual.getOrDefault(spec.name(), 0);
  }

  private static String capitalized(String sentence) {
    return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
  }
}
