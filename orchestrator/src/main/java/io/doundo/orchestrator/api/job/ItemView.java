package io.doundo.orchestrator.api.job;

import static io.doundo.orchestrator.api.job.JobRefusals.bad;

import io.doundo.orchestrator.jobs.ItemResult;
import io.doundo.orchestrator.jobs.Jobs;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A flow of a job, or a dead letter.
 *
 * @param flowId of a job that sends dead letters again, the id of a dead letter
 * @param result LEFT, SENT, ACCEPTED, REFUSED or CHANGED
 * @param reason why it was refused; null when it was not
 * @param outcome RECOVERED, TRYING, PARKED_AGAIN or ABANDONED, or of a dead letter RESENT or
 *     DEAD_LETTERED_AGAIN; null when it has not accepted
 */
record ItemView(
    String flowId,
    int transition,
    String result,
    @Nullable String reason,
    @Nullable String outcome) {

  static ItemView of(Jobs.Item item) {
    ItemResult result = item.result();
    String outcome =
        switch (result) {
          case RECOVERED, COMPLETED, UNDONE -> "RECOVERED";
          case TRYING, PARKED_AGAIN, ABANDONED, RESENT, DEAD_LETTERED_AGAIN -> result.name();
          case LEFT, REFUSED, CHANGED -> null;
        };
    String said =
        switch (result) {
          case RECOVERED, COMPLETED, UNDONE, ABANDONED, TRYING, PARKED_AGAIN -> "ACCEPTED";
          case RESENT, DEAD_LETTERED_AGAIN -> "ACCEPTED";
          case LEFT -> item.isSent() ? "SENT" : "LEFT";
          case REFUSED, CHANGED -> result.name();
        };
    return new ItemView(item.flowId(), item.transition(), said, item.reason(), outcome);
  }

  /**
   * The results that are shown in these words.
   *
   * @param words of the parameter {@code outcome}; all results when there are none
   */
  static Set<ItemResult> results(@Nullable List<String> words) {
    if (words == null || words.isEmpty()) {
      return EnumSet.allOf(ItemResult.class);
    }
    Set<ItemResult> results = EnumSet.noneOf(ItemResult.class);
    for (String word : words) {
      switch (word.toUpperCase(Locale.ROOT)) {
        case "LEFT" -> results.add(ItemResult.LEFT);
        case "REFUSED" -> results.add(ItemResult.REFUSED);
        case "CHANGED" -> results.add(ItemResult.CHANGED);
        case "TRYING" -> results.add(ItemResult.TRYING);
        case "PARKED_AGAIN" -> results.add(ItemResult.PARKED_AGAIN);
        case "ABANDONED" -> results.add(ItemResult.ABANDONED);
        case "RESENT" -> results.add(ItemResult.RESENT);
        case "DEAD_LETTERED_AGAIN" -> results.add(ItemResult.DEAD_LETTERED_AGAIN);
        case "RECOVERED" ->
            results.addAll(
                EnumSet.of(ItemResult.RECOVERED, ItemResult.COMPLETED, ItemResult.UNDONE));
        case "ACCEPTED" ->
            EnumSet.allOf(ItemResult.class).stream()
                .filter(ItemResult::isAccepted)
                .forEach(results::add);
        default ->
            throw bad(
                "outcome must be LEFT, ACCEPTED, REFUSED, CHANGED, RECOVERED, TRYING, PARKED_AGAIN, ABANDONED, RESENT or DEAD_LETTERED_AGAIN, but is \"%s\"."
                    .formatted(word));
      }
    }
    return results;
  }
}
