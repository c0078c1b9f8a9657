package io.doundo.orchestrator.api.live;

import io.doundo.orchestrator.api.LiveReads;
import io.doundo.orchestrator.api.LiveStats;
import io.doundo.orchestrator.api.OpenStreams;
import io.doundo.orchestrator.api.job.LiveJobs;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.EventStreams;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import io.doundo.protocol.AuditRecord;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.util.UriUtils;

/** Streams what changes, so that a page reads only what it must. */
@RestController
@Tag(name = "Live")
class LiveController {

  /** A stream past this number is refused; the console asks every two seconds instead. */
  static final int MOST_STREAMS = 200;

  private static final int MOST_TOPICS = 8;
  private static final String STATS = "stats";
  private static final String LISTS = "flows:";
  private static final String FLOW = "flow:";
  private static final String JOB = "job:";

  private final LiveReads reads;
  private final LiveJobs jobs;
  private final FlowWatch watch;
  private final Feeds feeds;
  private final LiveThreads threads;
  private final Build build;
  private final OpenStreams open;
  private final Semaphore places = new Semaphore(MOST_STREAMS);

  LiveController(
      LiveReads reads,
      LiveJobs jobs,
      FlowWatch watch,
      Feeds feeds,
      LiveThreads threads,
      Build build,
      OpenStreams open,
      MeterRegistry meters) {
    this.open = open;
    this.reads = reads;
    this.jobs = jobs;
    this.watch = watch;
    this.feeds = feeds;
    this.threads = threads;
    this.build = build;
    Gauge.builder("doundo.streams.open", places, free -> MOST_STREAMS - free.availablePermits())
        .description("Open event streams")
        .tag("kind", "live")
        .register(meters);
  }

  @Operation(
      summary = "Follow lists and flows by server-sent events",
      description =
          "An event \"hello\" first, with the build. Then \"flows\" with what changed in a list, at"
              + " most once a second; \"stats\" when the numbers of all flows have changed; \"job\" with a job that has changed; \"flow\" for each entry of a flow's timeline, at once; \"beat\""
              + " every 15 seconds; \"problem\" when a topic cannot be read; \"end\" with the reason."
              + " Nothing that happened before \"hello\" is sent: read it after \"hello\".")
  @GetMapping(path = "/api/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> follow(
      @Parameter(
              description =
                  "What to follow, up to 8, separated by commas: stats are the numbers of all flows;"
                      + " flows:<filter> is a list, its filter"
                      + " the query of GET /api/flows; flow:<flowId> is a flow, job:<jobId> a bulk"
                      + " job. Filters and flowIds are URL-encoded within the topic.")
          @RequestParam("topics")
          List<String> topics) {
    List<String> wanted =
        topics.stream()
            .flatMap(topic -> List.of(topic.split(",", -1)).stream())
            .filter(topic -> !topic.isBlank())
            .distinct()
            .toList();
    if (wanted.isEmpty() || wanted.size() > MOST_TOPICS) {
      throw bad("topics must be 1 to %d topics, but are %d.".formatted(MOST_TOPICS, wanted.size()));
    }
    if (!places.tryAcquire()) {
      throw new ApiProblem(
          ProblemKind.TOO_MANY_WAITING,
          MOST_STREAMS + " live streams are already open. Ask every few seconds instead.");
    }
    LiveStream stream =
        new LiveStream(
            EventStreams.open(), threads.senders(), threads.heartbeats(), places::release);
    stream.onClose(open.add(stream::end)::close);
    try {
      wanted.forEach(topic -> join(topic, stream));
      stream.accept(new LiveMessage("hello", null, null, hello(wanted)));
      stream.begin();
    } catch (Feeds.TooManyFeedsException e) {
      stream.close();
      throw new ApiProblem(
          ProblemKind.TOO_MANY_WAITING, String.valueOf(e.getMessage()), Map.of(), e);
    } catch (RejectedExecutionException e) {
      stream.close();
      throw new ApiProblem(ProblemKind.NOT_READY, "The orchestrator is stopping.", Map.of(), e);
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        // Proxies such as nginx would keep events back until a buffer is full.
        .header("X-Accel-Buffering", "no")
        .body(stream.emitter());
  }

  private Map<String, Object> hello(List<String> topics) {
    Map<String, Object> hello = new LinkedHashMap<>();
    hello.put("build", build.id());
    hello.put("instance", build.instance());
    hello.put("heartbeatMs", LiveStream.HEARTBEAT_MS);
    hello.put("topics", topics);
    return hello;
  }

  private void join(String topic, LiveStream stream) {
    if (topic.equals(STATS)) {
      Supplier<LiveStats> stats = reads.stats();
      stream.onClose(
          feeds.subscribe(
              topic, () -> new ValueFeed<>("stats", topic, stats, LiveStats::withoutTime), stream));
    } else if (topic.startsWith(LISTS)) {
      Supplier<FlowPage> list = reads.list(topic.substring(LISTS.length()));
      stream.onClose(feeds.subscribe(topic, () -> new ListFeed(topic, list), stream));
    } else if (topic.startsWith(FLOW)) {
      stream.onClose(watch.subscribe(flowId(topic), new Transitions(stream))::close);
    } else if (topic.startsWith(JOB)) {
      Supplier<Object> job = jobs.job(topic.substring(JOB.length()));
      stream.onClose(
          feeds.subscribe(topic, () -> new ValueFeed<>("job", topic, job, same -> same), stream));
    } else {
      throw bad(
          "The topic \"%s\" is unknown: there are stats, flows:<filter>, flow:<flowId> and job:<jobId>."
              .formatted(topic));
    }
  }

  private static String flowId(String topic) {
    try {
      return URLDecoder.decode(topic.substring(FLOW.length()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "The flowId in the topic \"%s\" is not URL-encoded.".formatted(topic),
          Map.of(),
          e);
    }
  }

  private static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }

  /** Passes on what happens to one flow. */
  private record Transitions(LiveStream stream) implements FlowWatch.Listener {
    @Override
    public void on(AuditRecord record) {
      // The flowId is encoded: a line break in it would end the field.
      String id =
          UriUtils.encode(record.flowId(), StandardCharsets.UTF_8) + '/' + record.transition();
      FlowEntry.of(record)
          .forEach(entry -> stream.accept(new LiveMessage("flow", id, null, entry)));
    }

    @Override
    public void onEnd(String reason) {
      stream.end(reason);
    }
  }
}
