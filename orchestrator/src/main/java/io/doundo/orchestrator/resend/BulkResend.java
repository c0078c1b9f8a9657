package io.doundo.orchestrator.resend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.query.deadletter.DeadLetterFilter;
import io.doundo.orchestrator.query.deadletter.DeadLetterReader;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter;
import io.doundo.protocol.RecordHeaders;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
   * @param copied how many are left out because the job has their copies: those that were sent
   *     again before and became dead letters again
   * @param overLimit whether there are more than were asked for
   * @param complete false when there was no time to look at all of them
   */
  public record Selection(
      List<String> ids,
      Map<String, Integer> outcomes,
      int copied,
      boolean overLimit,
      boolean complete) {

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
    Gathered gathered = new Gathered();
    boolean[] isOver = new boolean[1];
    boolean complete =
        reader.forEach(
            filter,
            letter -> {
              isOver[0] = gathered.size() == most;
              if (!isOver[0]) {
                gathered.add(letter, outcome(prepare(letter, by, reason)));
              }
              return !isOver[0];
            });
    return gathered.selection(isOver[0], complete);
  }

  /** The dead letters with these ids; those that are unknown are no part of it. */
  public Selection named(Collection<String> ids, String by, String reason) {
    Gathered gathered = new Gathered();
    reader.forEach(ids, letter -> gathered.add(letter, outcome(prepare(letter, by, reason))));
    return gathered.selection(false, true);
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

  private static String outcome(Prepared prepared) {
    ProducerRecord<byte[], byte[]> record = prepared.record();
    return record == null ? "refused: " + prepared.refusal() : "sent to " + record.topic();
  }

  /**
   * The dead letters of a job while they are read. One that was sent again before, and whose copy
   * is a dead letter of the same job, is left out: otherwise both would be sent, the older one
   * without what was edited in the copy.
   */
  static final class Gathered {

    private final Map<String, Source> letters = new LinkedHashMap<>();
    private final Map<String, Source> copied = new HashMap<>();

    /**
     * What a dead letter and its copy have in common. A header alone proves nothing: anybody who
     * may write dead letters can claim to have sent a copy.
     */
    private record Source(String topic, @Nullable ByteBuffer key, String outcome) {
      boolean isOf(@Nullable Source copy) {
        return copy != null && topic.equals(copy.topic) && Objects.equals(key, copy.key);
      }
    }

    int size() {
      return letters.size();
    }

    /**
     * @param outcome what would become of it if it were sent
     */
    void add(StoredDeadLetter letter, String outcome) {
      byte[] key = letter.key();
      Source source =
          new Source(letter.topic(), key == null ? null : ByteBuffer.wrap(key), outcome);
      letters.put(letter.id(), source);
      letter
          .header(RecordHeaders.DEAD_LETTER_RESENT_FROM)
          .ifPresent(id -> copied.put(new String(id, UTF_8), source));
    }

    Selection selection(boolean overLimit, boolean complete) {
      List<String> ids = new ArrayList<>();
      Map<String, Integer> outcomes = new LinkedHashMap<>();
      letters.forEach(
          (id, source) -> {
            if (!source.isOf(copied.get(id))) {
              ids.add(id);
              count(outcomes, source.outcome);
            }
          });
      return new Selection(ids, outcomes, letters.size() - ids.size(), overLimit, complete);
    }

    private static void count(Map<String, Integer> outcomes, String outcome) {
      boolean isTold = outcomes.containsKey(outcome) || outcomes.size() < MOST_OUTCOMES;
      outcomes.merge(isTold ? outcome : OTHER, 1, Integer::sum);
    }
  }
}
