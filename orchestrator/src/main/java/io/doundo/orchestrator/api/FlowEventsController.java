package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.EventStreams;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.timeline.FlowTimeline;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Streams what happens to a flow. */
@RestController
@Tag(name = "Flows")
class FlowEventsController {

  static final int MOST_STREAMS = 200;

  private final FlowWatch watch;
  private final FlowTimeline timeline;
  private final ExecutorService senders;
  private final ScheduledExecutorService heartbeats;
  private final OpenStreams open;
  private final Semaphore places = new Semaphore(MOST_STREAMS);

  FlowEventsController(
      FlowWatch watch,
      FlowTimeline timeline,
      ThreadPoolExecutor streamSenders,
      ScheduledExecutorService streamHeartbeats,
      OpenStreams open,
      MeterRegistry meters) {
    this.open = open;
    this.watch = watch;
    this.timeline = timeline;
    this.senders = streamSenders;
    this.heartbeats = streamHeartbeats;
    Gauge.builder("doundo.streams.open", places, free -> MOST_STREAMS - free.availablePermits())
        .description("Open event streams")
        .tag("kind", "flow")
        .register(meters);
  }

  @Operation(
      summary = "Follow a flow by server-sent events",
      description =
          "Past transitions first, then new ones as they happen: one event \"transition\" each, with the"
              + " transition's number as its id. The stream stays open until the flow has"
              + " ended, however long that takes: an event \"rest\" means that the flow is parked and"
              + " waits for an operator; an event \"end\" says why the stream ends. A client that"
              + " reconnects with Last-Event-ID after the flow's end gets 204, which tells browsers"
              + " to stop.")
  @GetMapping(path = "/api/flows/{flowId}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> follow(
      @PathVariable("flowId") String flowId,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
    if (!places.tryAcquire()) {
      throw new ApiProblem(
          ProblemKind.TOO_MANY_WAITING,
          MOST_STREAMS + " event streams are already open. Close one, or try again later.");
    }
    FlowEventStream stream =
        new FlowEventStream(
            EventStreams.open(), number(lastEventId), senders, heartbeats, places::release);
    stream.openFor(open.add(stream::onEnd));
    try {
      stream.watch(watch.subscribe(flowId, stream));
      stream.replay(timeline.of(flowId).orElseThrow(() -> FlowController.unknown(flowId)));
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
    if (stream.isOverBeforeItBegan()) {
      stream.close();
      return ResponseEntity.noContent().build();
    }
    try {
      stream.begin();
    } catch (RejectedExecutionException e) {
      stream.close();
      throw new ApiProblem(ProblemKind.NOT_READY, "The orchestrator is stopping.");
    }
    return ResponseEntity.ok(stream.emitter());
  }

  private static int number(@Nullable String lastEventId) {
    return lastEventId != null && lastEventId.matches("\\d{1,9}")
        ? Integer.parseInt(lastEventId)
        : 0;
  }
}
