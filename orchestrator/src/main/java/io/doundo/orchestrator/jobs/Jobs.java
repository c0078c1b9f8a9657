package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.jobs.JobItems.Chunk;
import io.doundo.orchestrator.jobs.JobItems.ChunkResults;
import io.doundo.orchestrator.jobs.JobPreview.Played;
import io.doundo.orchestrator.play.RequestForecast;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.orchestrator.query.deadletter.DeadLetterFilter;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.flow.FlowSelection;
import io.doundo.orchestrator.query.flow.SelectedFlow;
import io.doundo.orchestrator.query.worker.RanOn;
import io.doundo.orchestrator.resend.BulkResend;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.json.RawJson;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What operators do with jobs, on any instance. What is asked for is written to the topic of the
 * jobs, whose owner carries it out. Thread-safe.
 */
public final class Jobs {

  /** The most flows that a job may have. */
  public static final int MOST_FLOWS = 1_000_000;

  /** The most dead letters that a job may have. */
  public static final int MOST_LETTERS = 100_000;

  /** The most flows or dead letters that may be named one by one. */
  public static final int MOST_NAMED = 1_000;

  /** The rate of a job that names none. */
  public static final int DEFAULT_PER_SECOND = 20;

  /** A preview must never keep anybody from starting: after this, it is of what was played. */
  private static final Duration LONGEST_PREVIEW = Duration.ofSeconds(5);

  private static final String ID_CHARACTERS = "23456789abcdefghjkmnpqrstvwxyz";
  private static final int ID_LENGTH = 12;

  private final JobTopic topic;
  private final JobFlows flows;
  private final BulkResend letters;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  public Jobs(JobTopic topic, JobFlows flows, BulkResend letters, Clock clock) {
    this.topic = topic;
    this.flows = flows;
    this.letters = letters;
    this.clock = clock;
  }

  /**
   * A job that is asked for. Exactly one of {@code query}, {@code flowIds} and {@code ranOn} says
   * which flows are meant.
   *
   * @param filter the query as it was given
   * @param perSecond null for the default
   * @param isIncomplete whether a list that may miss flows will do
   */
  public record Request(
      ControlAction verb,
      @Nullable String step,
      @Nullable RawJson payload,
      String reason,
      @Nullable FlowQuery query,
      @Nullable String filter,
      @Nullable List<String> flowIds,
      @Nullable RanOn ranOn,
      @Nullable Integer perSecond,
      boolean isIncomplete) {}

  /**
   * A flow of a job.
   *
   * @param isSent whether the request was sent
   * @param reason why it was refused; null when it was not
   */
  public record Item(
      String flowId, int transition, boolean isSent, ItemResult result, @Nullable String reason) {}

  /**
   * Some flows of a job.
   *
   * @param next the place of the first flow of the next page; null on the last one
   */
  public record Items(List<Item> items, @Nullable Integer next) {}

  /**
   * Makes a job, and freezes its flows.
   *
   * @param isStored false for a preview only: then nothing is written
   * @throws JobRefusedException when there can be no such job
   */
  public Job draft(Request request, String by, boolean isStored) {
    FlowSelection selection = select(request);
    if (selection.overLimit()) {
      throw new JobRefusedException(
          "More than %,d flows match; a job can have no more. Narrow the filter: nothing was sent."
              .formatted(MOST_FLOWS));
    }
    if (!selection.complete() && !request.isIncomplete()) {
      throw new JobRefusedException(
          "Flows may be missing, so there is no job: %s Ask again in a moment, or with \"incomplete\": true for those that are known."
              .formatted(selection.note()));
    }
    if (selection.flows().isEmpty()) {
      throw new JobRefusedException(
          selection.note() == null
              ? "No flow matches: there is nothing to do."
              : "No flow matches. " + selection.note());
    }
    List<Chunk> chunks = Chunk.of(distinct(selection.flows()));
    JobDefinition empty =
        new JobDefinition(
            "j-" + id(),
            JobVerb.of(request.verb()),
            request.step(),
            request.payload(),
            request.reason(),
            request.filter(),
            request.ranOn(),
            by,
            clock.millis(),
            selection.asOf().toEpochMilli(),
            rate(request.perSecond()),
            chunks.stream().map(Chunk::size).toList(),
            JobPreview.of(List.of(), 0, null));
    return drafted(empty.with(preview(empty, selection, by)), chunks, isStored);
  }

  /**
   * A job that sends dead letters again. Exactly one of {@code matching} and {@code ids} says which
   * are meant.
   *
   * @param filter the query as it was given
   * @param perSecond null for the default
   * @param isIncomplete whether some of them will do when there is no time to look at all
   */
  public record ResendRequest(
      String reason,
      @Nullable DeadLetterFilter matching,
      @Nullable String filter,
      @Nullable List<String> ids,
      @Nullable Integer perSecond,
      boolean isIncomplete) {}

  /**
   * Makes a job that sends dead letters again, and freezes which.
   *
   * @param isStored false for a preview only: then nothing is written
   * @throws JobRefusedException when there can be no such job
   */
  public Job draft(ResendRequest request, String by, boolean isStored) {
    long frozenAt = clock.millis();
    DeadLetterFilter matching = request.matching();
    List<String> ids = request.ids();
    if ((matching == null) == (ids == null)) {
      throw new IllegalArgumentException("the request does not say which dead letters are meant");
    }
    BulkResend.Selection selection =
        matching != null
            ? letters.matching(matching, by, request.reason(), MOST_LETTERS)
            : letters.named(new LinkedHashSet<>(Objects.requireNonNull(ids)), by, request.reason());
    if (selection.overLimit()) {
      throw new JobRefusedException(
          "More than %,d dead letters match; a job can have no more. Narrow the filter: nothing was sent."
              .formatted(MOST_LETTERS));
    }
    if (!selection.complete() && !request.isIncomplete()) {
      throw new JobRefusedException(
          "There was no time to look at all dead letters, so there is no job. Narrow the time with \"from\", or ask with \"incomplete\": true for those that were found.");
    }
    if (selection.ids().isEmpty()) {
      throw new JobRefusedException("No dead letter matches: there is nothing to do.");
    }
    int unknown =
        ids == null
            ? 0
            : new LinkedHashSet<>(ids).size() - selection.ids().size() - selection.copied();
    List<Chunk> chunks = Chunk.ofDeadLetters(selection.ids());
    JobDefinition definition =
        new JobDefinition(
            "j-" + id(),
            JobVerb.RESEND,
            null,
            null,
            request.reason(),
            request.filter(),
            null,
            by,
            clock.millis(),
            frozenAt,
            rate(request.perSecond()),
            chunks.stream().map(Chunk::size).toList(),
            JobPreview.ofDeadLetters(
                selection.outcomes(), selection.ids().size(), note(selection, unknown)));
    return drafted(definition, chunks, isStored);
  }

  private static @Nullable String note(BulkResend.Selection selection, int unknown) {
    List<String> notes = new ArrayList<>();
    if (!selection.complete()) {
      notes.add(
          "There was no time to look at all dead letters; the job has those that were found.");
    }
    if (unknown > 0) {
      notes.add("%d dead letters are unknown, or expired.".formatted(unknown));
    }
    if (selection.copied() > 0) {
      notes.add(
          "%d dead letters were sent again before and failed again; only their last copies are sent."
              .formatted(selection.copied()));
    }
    return notes.isEmpty() ? null : String.join(" ", notes);
  }

  private static int rate(@Nullable Integer perSecond) {
    return perSecond == null ? DEFAULT_PER_SECOND : Job.requireRate(perSecond);
  }

  private Job drafted(JobDefinition definition, List<Chunk> chunks, boolean isStored) {
    if (isStored) {
      topic.writeNew(definition, chunks);
    }
    return new Job(definition, null, definition.perSecond(), progressOf(definition));
  }

  /** A list may show a flow twice while it moves. */
  private static List<SelectedFlow> distinct(List<SelectedFlow> flows) {
    Set<String> known = new HashSet<>(flows.size() * 2);
    return flows.stream().filter(flow -> known.add(flow.flowId())).toList();
  }

  private static JobProgress progressOf(JobDefinition definition) {
    return new JobProgress(
        0,
        Map.of(ItemResult.LEFT, definition.matched()),
        Map.of(),
        Map.of(),
        0,
        0,
        false,
        null,
        null);
  }

  private FlowSelection select(Request request) {
    if (request.flowIds() != null) {
      return named(request.flowIds());
    }
    if (request.ranOn() != null) {
      try {
        return flows.ranOn(request.ranOn(), MOST_FLOWS);
      } catch (IllegalArgumentException e) {
        throw new JobRefusedException(String.valueOf(e.getMessage()));
      }
    }
    if (request.query() == null) {
      throw new IllegalArgumentException("the request does not say which flows are meant");
    }
    return flows.matching(request.query(), MOST_FLOWS).orElseThrow(JobSearchOffException::new);
  }

  private FlowSelection named(List<String> flowIds) {
    Instant asOf = clock.instant();
    List<SelectedFlow> found = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (String flowId : new LinkedHashSet<>(flowIds)) {
      Optional<SelectedFlow> flow = flows.find(flowId);
      flow.ifPresentOrElse(found::add, () -> unknown.add(flowId));
    }
    String note =
        unknown.isEmpty()
            ? null
            : "%d flows are unknown, or gone: %s"
                .formatted(
                    unknown.size(), unknown.stream().limit(5).collect(Collectors.joining(", ")));
    return new FlowSelection(found, false, asOf, true, note);
  }

  private JobPreview preview(JobDefinition job, FlowSelection selection, String by) {
    List<Played> played = new ArrayList<>();
    long end = System.nanoTime() + LONGEST_PREVIEW.toNanos();
    String note = selection.note();
    for (SelectedFlow flow : JobPreview.spread(selection.flows())) {
      if (System.nanoTime() > end) {
        break;
      }
      ControlCommand request = job.request(flow.flowId(), flow.transition(), by);
      try {
        Optional<RequestForecast> forecast = flows.forecast(request);
        forecast.ifPresent(found -> played.add(new Played(flow, found)));
      } catch (ReadsUnavailableException e) {
        note = "Some flows cannot be read right now: " + e.getMessage();
      }
    }
    return JobPreview.of(played, job.matched(), note);
  }

  /** All jobs, newest first. */
  public List<Job> all() {
    return topic.jobs();
  }

  /** How old a list of the jobs is that is answered now. */
  public ListAge age() {
    return topic.age();
  }

  /** The instance that runs the jobs; null while it is not known. */
  public @Nullable String owner() {
    return topic.owner();
  }

  /** One job. */
  public Optional<Job> find(String jobId) {
    return topic.find(jobId);
  }

  /**
   * Starts a job.
   *
   * @param isTrial whether only one flow is asked first
   * @param firstFlow the flow to ask first; null for the first of the job
   */
  public Optional<Job> start(String jobId, String by, boolean isTrial, @Nullable String firstFlow) {
    return order(
        jobId,
        job -> {
          int first = !isTrial ? -1 : firstFlow == null ? 0 : itemOf(job, firstFlow);
          return job.start(by, first, clock.millis());
        });
  }

  private int itemOf(Job job, String flowId) {
    JobDefinition definition = job.definition();
    int item = 0;
    for (int i = 0; i < definition.chunks().size(); i++) {
      int found = topic.chunk(definition.jobId(), i).flowIds().indexOf(flowId);
      if (found >= 0) {
        return item + found;
      }
      item += definition.chunks().get(i);
    }
    throw new JobRefusedException(
        "%s is not one of the job %s.".formatted(flowId, definition.jobId()));
  }

  /**
   * Pauses a job: nothing more is sent until it is resumed.
   *
   * @param reason shown with the job; null for none
   * @throws JobRefusedException when its state does not allow it
   */
  public Optional<Job> pause(String jobId, String by, @Nullable String reason) {
    return order(jobId, job -> job.pause(by, clock.millis(), reason));
  }

  /**
   * Resumes a job; after a trial, with all its flows.
   *
   * @param reason shown with the job; null for none
   * @throws JobRefusedException when its state does not allow it
   */
  public Optional<Job> resume(String jobId, String by, @Nullable String reason) {
    return order(jobId, job -> job.resume(by, clock.millis(), reason));
  }

  /**
   * Stops a job for good.
   *
   * @param reason shown with the job; null for none
   * @throws JobRefusedException when its state does not allow it
   */
  public Optional<Job> stop(String jobId, String by, @Nullable String reason) {
    return order(jobId, job -> job.stop(by, clock.millis(), reason));
  }

  /** Changes the rate. */
  public Optional<Job> rate(String jobId, int perSecond) {
    Optional<Job> job = topic.find(jobId);
    job.ifPresent(known -> topic.writeRate(jobId, known.rate(perSecond)));
    return job.flatMap(known -> topic.find(jobId));
  }

  private Optional<Job> order(String jobId, Function<Job, JobOrder> asked) {
    Optional<Job> job = topic.find(jobId);
    job.ifPresent(known -> topic.writeOrder(jobId, asked.apply(known)));
    return job.flatMap(known -> topic.find(jobId));
  }

  /**
   * A page of a job's flows, in their order.
   *
   * @param results only flows with one of these
   * @param from the place of the first one that may be on the page
   */
  public Optional<Items> items(String jobId, Set<ItemResult> results, int limit, int from) {
    return topic.find(jobId).map(job -> items(job, results, limit, from));
  }

  private Items items(Job job, Set<ItemResult> results, int limit, int from) {
    JobDefinition definition = job.definition();
    List<Item> items = new ArrayList<>();
    int begin = 0;
    for (int number = 0; number < definition.chunks().size(); number++) {
      int size = definition.chunks().get(number);
      if (begin + size > from) {
        Chunk chunk = topic.chunk(definition.jobId(), number);
        ChunkResults stored = topic.results(definition.jobId(), number, size);
        Map<Integer, String> reasons = new HashMap<>();
        stored.refusals().forEach((reason, all) -> all.forEach(at -> reasons.put(at, reason)));
        for (int i = Math.max(0, from - begin); i < size; i++) {
          ItemResult result = ItemResult.of(stored.codes().charAt(i));
          if (!results.contains(result)) {
            continue;
          }
          if (items.size() == limit) {
            return new Items(items, begin + i);
          }
          JobOrder order = job.order();
          boolean isSent = order != null && order.isSent(begin + i, job.progress().sent());
          items.add(
              new Item(
                  chunk.flowIds().get(i), chunk.transitions()[i], isSent, result, reasons.get(i)));
        }
      }
      begin += size;
    }
    return new Items(items, null);
  }

  private String id() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_CHARACTERS.charAt(random.nextInt(ID_CHARACTERS.length())));
    }
    return id.toString();
  }
}
