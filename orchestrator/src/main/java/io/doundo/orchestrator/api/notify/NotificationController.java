package io.doundo.orchestrator.api.notify;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.DeferredResponse;
import io.doundo.orchestrator.api.RecordSender;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.query.TopicProgress.EntryAge;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Shows the deliveries of notifications, and has them sent again. */
@RestController
@Tag(name = "Notifications")
class NotificationController {

  private static final int DEFAULT_LIMIT = 50;
  private static final int MOST_LISTED = 1_000;
  private static final int MOST_RESENT = 10_000;

  private final Deliveries deliveries;
  private final RecordSender sender;
  private final Clock clock = Clock.systemUTC();

  NotificationController(Deliveries deliveries, RecordSender sender) {
    this.deliveries = deliveries;
    this.sender = sender;
  }

  /**
   * The deliveries.
   *
   * @param age how fresh the list is
   * @param receivers those that have pending deliveries
   * @param resends what became of requests to send deliveries again
   * @param unreadable how many records of deliveries are left out because this release cannot read
   *     them
   */
  record NotificationList(
      @JsonUnwrapped ListAge age,
      List<ReceiverView> receivers,
      ResendsView resends,
      long unreadable,
      List<NotificationView> notifications) {}

  /** A delivery, and how fresh that is. */
  record ShownNotification(
      @JsonUnwrapped NotificationView notification, @JsonUnwrapped EntryAge age) {}

  /**
   * The requests that were not carried out; a notification names the latest that was.
   *
   * @param waiting how many are not carried out yet
   * @param refused the latest that were refused, the latest first
   */
  record ResendsView(int waiting, List<RefusedView> refused) {}

  /**
   * A request that was refused.
   *
   * @param by who asked; null when nobody needs to log in
   */
  record RefusedView(String notification, @Nullable String by, Instant at, String reason) {

    static RefusedView of(ResendRequest request) {
      return new RefusedView(
          request.delivery(), request.by(), request.at(), String.valueOf(request.refused()));
    }
  }

  /**
   * A receiver that has pending deliveries.
   *
   * @param oldest when the oldest of them happened
   * @param lastError of one of them; null when none has failed
   */
  record ReceiverView(String receiver, int pending, Instant oldest, @Nullable String lastError) {

    ReceiverView and(ReceiverView other) {
      return new ReceiverView(
          receiver,
          pending + other.pending,
          oldest.isBefore(other.oldest) ? oldest : other.oldest,
          lastError == null ? other.lastError : lastError);
    }
  }

  /**
   * What is sent again.
   *
   * @param notifications how many deliveries
   * @param left how many more match, beyond what one request sends again
   */
  record Resent(int notifications, int left) {}

  @Operation(
      summary = "List notifications",
      description =
          "The deliveries to receivers, latest event first: all that are pending, and the latest"
              + " others (doundo.notify.history). receivers counts what each receiver is still to be"
              + " told, and resends.refused has the latest requests to send one again that could"
              + " not be carried out, with the reason.")
  @GetMapping("/api/notifications")
  NotificationList list(
      @RequestParam(name = "state", required = false) @Nullable String state,
      @RequestParam(name = "receiver", required = false) @Nullable String receiver,
      @RequestParam(name = "orchestration", required = false) @Nullable String orchestration,
      @RequestParam(name = "flowId", required = false) @Nullable String flowId,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit) {
    int most = limit == null ? DEFAULT_LIMIT : limit;
    if (most < 1 || most > MOST_LISTED) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "limit must be 1 to %d, but is %d.".formatted(MOST_LISTED, most));
    }
    Delivery.State of = state(FlowFilter.present(state));
    String to = FlowFilter.present(receiver);
    String named = FlowFilter.present(orchestration);
    String flow = FlowFilter.present(flowId);
    // Before the deliveries are read: they are at least as fresh.
    ListAge age = deliveries.age();
    List<Kept> found =
        deliveries.list(
            delivery ->
                (of == null || delivery.state() == of)
                    && (to == null || delivery.receiver().equals(to))
                    && (named == null || named.equals(delivery.orchestration()))
                    && (flow == null || flow.equals(delivery.flowId())),
            most);
    return new NotificationList(
        age,
        receivers(),
        new ResendsView(
            deliveries.requests().size(),
            deliveries.stored().refused().stream().map(RefusedView::of).toList()),
        deliveries.stored().unreadable(),
        found.stream().map(kept -> NotificationView.inList(kept.delivery())).toList());
  }

  private List<ReceiverView> receivers() {
    Map<String, ReceiverView> waiting = new TreeMap<>();
    for (Kept kept : deliveries.all()) {
      Delivery delivery = kept.delivery();
      if (delivery.isPending()) {
        NotificationView view = NotificationView.inList(delivery);
        waiting.merge(
            delivery.receiver(),
            new ReceiverView(delivery.receiver(), 1, delivery.at(), view.lastError()),
            ReceiverView::and);
      }
    }
    return List.copyOf(waiting.values());
  }

  private static Delivery.@Nullable State state(@Nullable String text) {
    try {
      return text == null ? null : ResendOrder.state(text);
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  @Operation(
      summary = "Show a notification",
      description =
          "With its body, its latest attempts, and who had it sent again. asOf, lagMs and complete"
              + " say how fresh the answer is.")
  @GetMapping("/api/notifications/{id}")
  ShownNotification show(@PathVariable("id") String id) {
    EntryAge age = deliveries.age().ofOne();
    return new ShownNotification(NotificationView.whole(find(id)), age);
  }

  private Kept find(String id) {
    return deliveries
        .find(id)
        .orElseThrow(
            () ->
                deliveries.isComplete()
                    ? new ApiProblem(
                        ProblemKind.UNKNOWN_NOTIFICATION,
                        "There is no notification \"%s\", or not any more.".formatted(id))
                    : new ApiProblem(
                        ProblemKind.NOT_READY,
                        "This instance still reads the notifications after its start."));
  }

  @Operation(
      summary = "Send a notification again",
      description =
          "The receiver gets the same body under the same id, whether it has received it before or"
              + " not; a pending one is tried now. Answers 202 once Kafka has the request.")
  @ApiResponse(
      responseCode = "202",
      description = "The request is written",
      content = @Content(schema = @Schema(implementation = Resent.class)))
  @PostMapping("/api/notifications/{id}/resend")
  DeferredResult<ResponseEntity<Object>> resend(
      @PathVariable("id") String id, Principal principal) {
    return DeferredResponse.of(request(List.of(find(id)), 0, principal));
  }

  @Operation(
      summary = "Send the notifications of a span of time again",
      description =
          "The body is {\"from\", \"to\", \"state\", \"receiver\", \"orchestration\"}: from is"
              + " required, and times are those of the events. At most 10,000 at once, the latest"
              + " ones; left says how many more match. With dryRun=true nothing is sent, and the"
              + " answer says how many would be.")
  @ApiResponse(
      responseCode = "202",
      description = "The requests are written",
      content = @Content(schema = @Schema(implementation = Resent.class)))
  @PostMapping("/api/notifications/resend")
  DeferredResult<ResponseEntity<Object>> resendRange(
      @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun,
      HttpServletRequest request,
      Principal principal) {
    ResendOrder order = ResendOrder.of(RequestBodies.bytes(request));
    if (!deliveries.isComplete()) {
      throw new ApiProblem(
          ProblemKind.NOT_READY, "This instance still reads the notifications after its start.");
    }
    List<Kept> all = deliveries.list(order, Integer.MAX_VALUE);
    List<Kept> found = all.subList(0, Math.min(MOST_RESENT, all.size()));
    int left = all.size() - found.size();
    return DeferredResponse.of(
        dryRun
            ? CompletableFuture.completedFuture(ResponseEntity.ok(new Resent(found.size(), left)))
            : request(found, left, principal));
  }

  private CompletableFuture<ResponseEntity<Object>> request(
      List<Kept> found, int left, Principal principal) {
    String by = RequestBodies.caller(principal);
    CompletableFuture<?>[] sent =
        found.stream()
            .map(
                kept -> {
                  ResendRequest request =
                      new ResendRequest(
                          UUID.randomUUID().toString(),
                          kept.delivery().id(),
                          kept.delivery().source(),
                          by,
                          clock.instant());
                  return sender.send(
                      new ProducerRecord<>(
                          Topics.NOTIFICATIONS,
                          kept.partition(),
                          request.key().getBytes(StandardCharsets.UTF_8),
                          DeliveryCodec.encode(request)));
                })
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(sent)
        .thenApply(
            unused ->
                ResponseEntity.status(HttpStatus.ACCEPTED).body(new Resent(found.size(), left)));
  }
}
