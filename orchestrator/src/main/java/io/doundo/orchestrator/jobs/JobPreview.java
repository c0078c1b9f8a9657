package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.play.PlannedCommand;
import io.doundo.orchestrator.play.RequestForecast;
import io.doundo.orchestrator.query.flow.SelectedFlow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a job would do, as far as its request was played on its flows before it starts.
 *
 * @param played how many of its flows that was
 * @param byOutcome how many of these would be asked for the same, or refuse for the same reason
 * @param perStepUndos how many would undo each step
 * @param leftStanding how many would leave each step's effect standing
 * @param irreversible how many would be asked for something that cannot be undone, by step
 * @param unserved how many would ask a step for something that nobody reads
 * @param sample some of the flows, each with its outcome
 * @param note why it is not of all flows; null when it is
 */
public record JobPreview(
    int played,
    Map<String, Integer> byOutcome,
    Map<String, Integer> perStepUndos,
    Map<String, Integer> leftStanding,
    Map<String, Integer> irreversible,
    Map<String, Integer> unserved,
    List<Sample> sample,
    @Nullable String note) {

  /** How many flows the request is played on. */
  static final int MOST_PLAYED = 200;

  static final int MOST_SAMPLES = 20;

  /** How many outcomes are told apart. */
  private static final int MOST_OUTCOMES = 50;

  private static final String OTHER = "other outcomes";

  /**
   * One flow.
   *
   * @param status where it stands
   * @param refusal why it would refuse; null when it would accept
   * @param wouldBe its status afterwards; null when it would refuse
   * @param commands what would be sent at once, such as {@code UNDO reserveInventory}
   */
  public record Sample(
      String flowId,
      String orchestrationName,
      int transition,
      FlowStatus status,
      @Nullable String refusal,
      @Nullable FlowStatus wouldBe,
      List<String> commands) {

    public Sample {
      commands = List.copyOf(commands);
    }
  }

  /** The request, played on one flow. */
  record Played(SelectedFlow flow, RequestForecast forecast) {

    private Sample sample() {
      String refusal = forecast.run().refusal();
      return new Sample(
          flow.flowId(),
          flow.orchestrationName(),
          flow.transition(),
          flow.status(),
          refusal,
          refusal == null ? forecast.run().status() : null,
          refusal == null ? commands() : List.of());
    }

    private List<String> commands() {
      return forecast.run().commands().stream().map(Played::text).toList();
    }

    private static String text(PlannedCommand command) {
      return command.action() + " " + command.step();
    }

    private String outcome() {
      String refusal = forecast.run().refusal();
      if (refusal != null) {
        return refusal.startsWith("CHANGED_MEANWHILE")
            ? "changed since it was found"
            : "refused: " + refusal;
      }
      List<String> commands = commands();
      return commands.isEmpty()
          ? "becomes " + forecast.run().status()
          : commands.stream().sorted().collect(Collectors.joining(", "));
    }
  }

  public JobPreview {
    byOutcome = copy(byOutcome);
    perStepUndos = copy(perStepUndos);
    leftStanding = copy(leftStanding);
    irreversible = copy(irreversible);
    unserved = copy(unserved);
    sample = List.copyOf(sample);
  }

  /** The most frequent first, so that the order says something. */
  private static Map<String, Integer> copy(Map<String, Integer> counts) {
    Map<String, Integer> ordered = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(count -> ordered.put(count.getKey(), count.getValue()));
    return Collections.unmodifiableMap(ordered);
  }

  /** Which of many flows the request is played on: evenly spread, the first one among them. */
  static List<SelectedFlow> spread(List<SelectedFlow> flows) {
    if (flows.size() <= MOST_PLAYED) {
      return flows;
    }
    List<SelectedFlow> some = new ArrayList<>(MOST_PLAYED);
    for (long i = 0; i < MOST_PLAYED; i++) {
      some.add(flows.get((int) (i * flows.size() / MOST_PLAYED)));
    }
    return some;
  }

  /** Of dead letters, each of which was looked at. */
  static JobPreview ofDeadLetters(
      Map<String, Integer> outcomes, int matched, @Nullable String note) {
    return new JobPreview(
        matched, outcomes, Map.of(), Map.of(), Map.of(), Map.of(), List.of(), note);
  }

  /**
   * Counts what was played.
   *
   * @param matched the number of all flows
   * @param found what is to be said about how the flows were found; null for nothing
   */
  static JobPreview of(List<Played> played, int matched, @Nullable String found) {
    Map<String, Integer> outcomes = new LinkedHashMap<>();
    Map<String, Integer> undos = new LinkedHashMap<>();
    Map<String, Integer> standing = new LinkedHashMap<>();
    Map<String, Integer> irreversible = new LinkedHashMap<>();
    Map<String, Integer> unserved = new LinkedHashMap<>();
    for (Played one : played) {
      String outcome = one.outcome();
      boolean isKnown = outcomes.size() < MOST_OUTCOMES || outcomes.containsKey(outcome);
      outcomes.merge(isKnown ? outcome : OTHER, 1, Integer::sum);
      count(undos, one.forecast().undone());
      count(standing, one.forecast().leftStanding());
      count(irreversible, one.forecast().irreversible());
      count(unserved, one.forecast().unserved());
    }
    String part =
        played.size() == matched
            ? null
            : "The preview is of %d of the %d flows.".formatted(played.size(), matched);
    String note =
        part == null || found == null ? (part == null ? found : part) : part + ' ' + found;
    return new JobPreview(
        played.size(),
        outcomes,
        undos,
        standing,
        irreversible,
        unserved,
        played.stream().limit(MOST_SAMPLES).map(Played::sample).toList(),
        note);
  }

  private static void count(Map<String, Integer> counts, Collection<String> steps) {
    steps.forEach(step -> counts.merge(step, 1, Integer::sum));
  }
}
