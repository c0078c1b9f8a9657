package io.doundo.orchestrator.resend;

import io.doundo.orchestrator.query.deadletter.DeadLetterFilter;
import io.doundo.orchestrator.query.deadletter.DeadLetterReader;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends many dead letters again, as they are. What one operator decides at a time stays out of it:
 * a registration, and a request on behalf of somebody else. Thread-safe.
 */
public final class BulkResend {

  /** How many outcomes are told apart. */
  private static final int MOST_OUTCOMES = 50;

  private static final String OTHER = "other outcomes";
  private static final String GONE = "the dead letter has expired";

  private final DeadLetterReader reader;
  private final Resender resender;

  public BulkResend(DeadLetterReader reader, Resender resender) {
    this.reader = reader;
    this.resender = resender;
  }

  /**
   * The dead letters of a job.
   *
   * @param ids in the order in which they became dead letters, within a partition
   * @param outcomes how many would be sent where, or refused for the same reason
   * @param overLimit whether there are more than were asked for
   * @param complete false when there was no time to look at all of them
   */
  public record Selection(
      List<String> ids, Map<String, Integer> outcomes, boolean overLimit, boolean complete) {

    public Selection {
      ids = List.copyOf(ids);
    }
  }

  /**
   * One dead letter to be sent again: either the record, or why it is not sent.
   *
   * @param record null when it is refused
   * @param refusal null when it is not
   */
  public record Prepared(
      @Nullable ProducerRecord<byte[], byte[]> record, @Nullable String refusal) {}

  /** The dead letters that match. */
  public Selection matching(DeadLetterFilter filter, String by, String reason, int most) {
    List<String> ids = new ArrayList<>();
    Map<String, Integer> outcomes = new LinkedHashMap<>();
    boolean[] isOver = new boolean[1];
    boolean complete =
        reader.forEach(
            filter,
            letter -> {
              isOver[0] = ids.size() == most;
              if (!isOver[0]) {
                ids.add(letter.id());
                count(outcomes, prepare(letter, by, reason));
              }
              return !isOver[0];
            });
    return new Selection(ids, outcomes, isOver[0], complete);
  }

  /** The dead letters with these ids; those that are unknown are no part of it. */
  public Selection named(Collection<String> ids, String by, String reason) {
    List<String> found = new ArrayList<>();
    Map<String, Integer> outcomes = new LinkedHashMap<>();
    reader.forEach(
        ids,
        letter -> {
          found.add(letter.id());
          count(outcomes, prepare(letter, by, reason));
        });
    return new Selection(found, outcomes, false, true);
  }

  /** Prepares dead letters one by one, so that their values are not held together. */
  public void prepare(
      List<String> ids, String by, String reason, BiConsumer<String, Prepared> each) {
    Set<String> left = new HashSet<>(ids);
    reader.forEach(
        ids,
        letter -> {
          left.remove(letter.id());
          each.accept(letter.id(), prepare(letter, by, reason));
        });
    left.forEach(id -> each.accept(id, new Prepared(null, GONE)));
  }

  private Prepared prepare(StoredDeadLetter letter, String by, String reason) {
    try {
      Resend resend = resender.resend(letter, ResendEdit.NONE, by, reason);
      String refusal = refusal(resend);
      return refusal == null
          ? new Prepared(resender.record(resend), null)
          : new Prepared(null, refusal);
    } catch (ResendRefusedException e) {
      return new Prepared(null, e.reason());
    }
  }

  private static @Nullable String refusal(Resend resend) {
    if (!resend.problems().isEmpty()) {
      return "it would become a dead letter again: " + resend.problems().get(0);
    }
    if (resend.deed() == null || resend.deed().needsAdmin(false)) {
      return "a registration is sent again by itself, by an administrator";
    }
    if (resend.command() != null && resend.command().onBehalfOf() != null) {
      return "a request on behalf of somebody else is sent again by itself";
    }
    return null;
  }

  private static void count(Map<String, Integer> outcomes, Prepared prepared) {
    ProducerRecord<byte[], byte[]> record = prepared.record();
    String outcome =
        record == null ? "refused: " + prepared.refusal() : "sent to " + record.topic();
    boolean isTold = outcomes.containsKey(outcome) || outcomes.size() < MOST_OUTCOMES;
    outcomes.merge(isTold ? outcome : OTHER, 1, Integer::sum);
  }
}
