package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.jobs.JobItems.ChunkResults;
import io.doundo.orchestrator.jobs.JobPlan.Pace;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.ControlCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A job in its owner's memory: its flows with their results, the rate, and how far it is. What has
 * changed since it was written last is known. Confined to the owner's thread.
 */
final class RunningJob {

  /** How long the flows of an ended job are followed. */
  static final long FOLLOWED_MS = 24 * 60 * 60 * 1_000L;

  /** How long a job may be paused. */
  static final long PAUSED_MS = 7 * FOLLOWED_MS;

  /** How often it is written when only the offsets have moved, so that no takeover reads much. */
  private static final long MOVED_MS = 10_000;

  private final JobItems items;
  private final Map<Integer, Long> offsets;
  private Job job;
  private Pace pace;
  private int sent;
  private long lastSentAt;
  private long endedAt;
  private boolean isClosed;
  private boolean isChanged;
  private boolean isMoved;
  private long writtenAt;
  private @Nullable String note;
  private JobProgress.@Nullable Start start;

  /**
   * @param items with the results that were written
   * @param ends where the audit log ends now, for a job of which nothing was sent yet
   */
  RunningJob(Job job, JobItems items, Map<Integer, Long> ends, long now) {
    JobProgress progress = job.progress();
    boolean isNew = progress.offsets().isEmpty();
    this.job = job;
    this.items = items;
    this.offsets = new HashMap<>(isNew ? ends : progress.offsets());
    this.pace = Pace.of(job.perSecond(), now);
    this.sent = progress.sent();
    this.lastSentAt = progress.lastSentAt();
    this.endedAt = progress.endedAt();
    this.isClosed = progress.isClosed();
    this.isChanged = isNew;
    this.writtenAt = now;
    this.note = progress.note();
    JobOrder order = job.order();
    this.start = progress.start();
    if (start == null && order != null) {
      this.start = new JobProgress.Start(order.startedBy(), order.startedAt(), order.first());
    }
  }

  Job job() {
    return job;
  }

  JobDefinition definition() {
    return job.definition();
  }

  JobItems items() {
    return items;
  }

  /** Up to where its log was read for it, by partition. */
  Map<Integer, Long> offsets() {
    return offsets;
  }

  boolean isClosed() {
    return isClosed;
  }

  boolean isChanged() {
    return isChanged;
  }

  /** Whether it is to be written: it has changed, or has read on for a while. */
  boolean isToBeWritten(long now) {
    return isChanged || (isMoved && now - writtenAt >= MOVED_MS);
  }

  /** Whether a record of its log was counted before. */
  boolean hasRead(int partition, long offset) {
    return offset < offsets.getOrDefault(partition, 0L);
  }

  /** Takes over what operators have asked for since. */
  void update(Job read, long now) {
    boolean isResumed =
        job.state() != JobState.RUNNING && withProgress(read).state() == JobState.RUNNING;
    if (isResumed || read.perSecond() != job.perSecond()) {
      pace = Pace.of(read.perSecond(), now);
    }
    job = withProgress(read);
  }

  JobPlan next(long now) {
    return JobPlan.next(job, pace, now);
  }

  /** The next requests in the order of sending. */
  List<ControlCommand> requests(int count) {
    JobOrder order = Objects.requireNonNull(job.order(), "a job that runs was started");
    List<ControlCommand> requests = new ArrayList<>(count);
    for (int position = sent; position < sent + count; position++) {
      int item = order.itemAt(position);
      requests.add(
          definition().request(items.flowId(item), items.transition(item), order.startedBy()));
    }
    return requests;
  }

  /** So many requests were written. */
  void sent(int count, long now) {
    sent += count;
    lastSentAt = now;
    pace = pace.take(count, now);
    note = null;
    changed();
  }

  /** A request could not be written, and is tried again. */
  void failed(String why) {
    note = why;
    changed();
  }

  /** Its flows are no longer followed; what is known of them stays. */
  void close() {
    isClosed = true;
    changed();
  }

  /** Nothing more can be sent. */
  void giveUp(String why, long now) {
    note = why;
    end(now);
  }

  /** Nothing more is sent, and what was sent is answered or beyond hope. */
  void end(long now) {
    endedAt = now;
    changed();
  }

  /**
   * Notes an audit record of a flow.
   *
   * @return the result of the request if the record is its answer, else null
   */
  @Nullable ItemResult take(int item, AuditRecord record) {
    ItemResult before = items.result(item);
    if (before.isAccepted()) {
      ItemResult since = JobOutcome.since(record, definition().verb().action(), before);
      if (items.put(item, since, null)) {
        changed();
      }
      return null;
    }
    if (before != ItemResult.LEFT) {
      return null;
    }
    JobOutcome answer =
        JobOutcome.answer(
            record, definition().verb().action(), definition().controlId(record.flowId()));
    if (answer == null) {
      return null;
    }
    items.put(item, answer.result(), answer.reason());
    changed();
    return answer.result();
  }

  /** A dead letter was sent again, or refused with a reason. */
  void resent(int item, @Nullable String refusal) {
    if (items.result(item) == ItemResult.LEFT) {
      items.put(item, refusal == null ? ItemResult.RESENT : ItemResult.REFUSED, refusal);
      changed();
    }
  }

  /** A dead letter that was sent again has become one again. */
  void deadLetteredAgain(int item) {
    if (items.result(item) == ItemResult.RESENT
        && items.put(item, ItemResult.DEAD_LETTERED_AGAIN, null)) {
      changed();
    }
  }

  /** The next dead letters in the order of sending. */
  List<Integer> nextItems(int count) {
    JobOrder order = Objects.requireNonNull(job.order(), "a job that runs was started");
    return IntStream.range(sent, sent + count).mapToObj(order::itemAt).toList();
  }

  /** The log was read up to here. */
  void readUpTo(Map<Integer, Long> positions) {
    positions.forEach(
        (partition, position) -> {
          if (position > offsets.getOrDefault(partition, 0L)) {
            offsets.put(partition, position);
            isMoved = true;
          }
        });
  }

  /** Closes it once its flows need not be followed any more. */
  void closeIfOver(long now) {
    JobOrder order = job.order();
    if (job.state() == JobState.PAUSED
        && order != null
        && now - Math.max(order.at(), lastSentAt) > PAUSED_MS) {
      isClosed = true;
      giveUp("It was paused for a week, and has ended.", now);
      return;
    }
    boolean isStopped = job.state() == JobState.STOPPED;
    long over = isStopped && order != null ? Math.max(order.at(), lastSentAt) : endedAt;
    if (over == 0 || isClosed) {
      return;
    }
    JobProgress progress = progress();
    boolean isSettled = progress.answered() >= sent && progress.accepted() == progress.ended();
    if (isSettled || now - over > FOLLOWED_MS) {
      isClosed = true;
      endedAt = endedAt == 0 ? over : endedAt;
      changed();
    }
  }

  JobProgress progress() {
    return new JobProgress(
        sent,
        items.counts(),
        items.refusals(),
        offsets,
        lastSentAt,
        endedAt,
        isClosed,
        note,
        start);
  }

  /** The results of the chunks that have changed, by their numbers, and forgets that. */
  Map<Integer, ChunkResults> takeChanged(long now) {
    isChanged = false;
    isMoved = false;
    writtenAt = now;
    Map<Integer, ChunkResults> changed = new HashMap<>();
    items.takeChangedChunks().forEach(chunk -> changed.put(chunk, items.results(chunk)));
    return changed;
  }

  private void changed() {
    isChanged = true;
    job = withProgress(job);
  }

  private Job withProgress(Job read) {
    JobOrder order = read.order();
    return new Job(
        read.definition(),
        order == null || start == null ? order : order.of(start),
        read.perSecond(),
        progress());
  }
}
