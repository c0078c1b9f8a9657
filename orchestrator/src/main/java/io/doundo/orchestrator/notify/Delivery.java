package io.doundo.orchestrator.notify;

import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One notice on its way to one receiver. Its id and its body never change, so the receiver can
 * recognise what it has received before. Immutable: every step of its life is another value, and
 * the latest one stands in the topic.
 *
 * @param receiver the receiver's name among all of them
 * @param connection the connection over which it is sent
 * @param url what follows the connection's URL
 * @param flowId null when it is about no flow
 * @param orchestration null when it is about a breaker
 * @param at when it happened
 * @param source the partition of the audit log in which it stands, whose owner sends it
 * @param attempts since it was made, or was last sent again
 * @param next not before which the next attempt begins; counts while it is pending
 * @param until when it is given up
 * @param recent the latest attempts, oldest first
 * @param resend the last request to send it again; null when there was none
 * @param schedule the schedule that it is about; null when it is about none
 * @param breaker the breaker that it is about; null when it is about none
 */
public record Delivery(
    String id,
    String receiver,
    String connection,
    String url,
    Occasion occasion,
    @Nullable String flowId,
    @Nullable String orchestration,
    int transition,
    Instant at,
    int source,
    RawJson body,
    State state,
    int attempts,
    Instant next,
    Instant until,
    List<Attempt> recent,
    @Nullable LastResend resend,
    @Nullable String schedule,
    @Nullable String breaker) {

  /** How many attempts are kept. */
  static final int KEPT_ATTEMPTS = 5;

  /** The longest pause that a receiver can ask for. */
  private static final Duration LONGEST_ASKED = Duration.ofHours(1);

  private static final int MAX_ERROR = 300;

  /** Where a delivery stands. */
  public enum State {
    /** It is tried until it is delivered or given up. */
    PENDING,
    /** The receiver has answered 2xx. */
    DELIVERED,
    /** It is tried no more, unless somebody sends it again. */
    GIVEN_UP
  }

  /**
   * One attempt, or the end without one.
   *
   * @param status of the response; 0 when there was none
   * @param error null when it succeeded
   */
  public record Attempt(Instant at, int status, @Nullable String error, long tookMs) {}

  /**
   * A request to send a delivery again.
   *
   * @param id of the request; the same one counts once
   * @param by who asked; null when nobody needs to log in
   * @param count how often the delivery has been sent again
   */
  public record LastResend(String id, @Nullable String by, Instant at, int count) {}

  public Delivery {
    recent = List.copyOf(recent);
  }

  /**
   * The delivery of a notice, to be tried at once.
   *
   * @param source the partition of the audit log
   */
  public static Optional<Delivery> of(
      Notice notice, ReceiverProgram receiver, int source, Instant now, RetryRules rules) {
    return receiver
        .bodyFor(notice)
        .map(
            body ->
                new Delivery(
                    notice.idFor(receiver.id()),
                    receiver.id(),
                    receiver.receiver().connection(),
                    receiver.receiver().url(),
                    notice.occasion(),
                    notice.flowId(),
                    notice.orchestration(),
                    notice.transition(),
                    notice.at(),
                    source,
                    body,
                    State.PENDING,
                    0,
                    now,
                    now.plus(rules.giveUpAfter()),
                    List.of(),
                    null,
                    notice.schedule(),
                    notice.breaker()));
  }

  /** What it is about, in words. */
  public String about() {
    return flowId == null ? Notice.about(schedule, breaker) : flowId;
  }

  public boolean isPending() {
    return state == State.PENDING;
  }

  /** After an attempt: delivered, pending until the next one, or given up when its time is over. */
  Delivery attempted(SendResult result, Instant now, RetryRules rules) {
    List<Attempt> more =
        with(new Attempt(now, result.status(), shortened(result.error()), result.tookMs()));
    if (result.kind() == SendResult.Kind.DELIVERED) {
      return moved(State.DELIVERED, attempts + 1, now, more);
    }
    // One that is throttled waits for its turn; its own pauses do not grow.
    boolean isThrottled = result.kind() == SendResult.Kind.THROTTLED;
    Duration pause = rules.pause(isThrottled ? 1 : attempts + 1, id);
    Duration asked = result.retryAfter();
    if (asked != null && asked.compareTo(pause) > 0) {
      pause = bounded(asked);
    }
    Instant later = now.plus(pause);
    return moved(later.isBefore(until) ? State.PENDING : State.GIVEN_UP, attempts + 1, later, more);
  }

  /** The pause that a receiver asks for, an hour at most. */
  static Duration bounded(Duration asked) {
    return asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
  }

  /** How often it was sent again. */
  public int resends() {
    return resend == null ? 0 : resend.count();
  }

  /** The same, with the body of an equal one, so that the body is in memory once. */
  public Delivery withBodyOf(Delivery other) {
    return body.equals(other.body) ? moved(state, attempts, next, recent, other.body) : this;
  }

  /** The same without its body, which is in the topic only. */
  public Delivery withoutBody() {
    return moved(state, attempts, next, recent, RawJson.NULL);
  }

  /** Given up without another attempt. */
  public Delivery givenUp(String why, Instant now) {
    return moved(State.GIVEN_UP, attempts, now, with(new Attempt(now, 0, shortened(why), 0)));
  }

  /**
   * To be tried at once, for as long as a new one. A request that was carried out changes nothing.
   */
  public Delivery resent(String request, @Nullable String by, Instant now, RetryRules rules) {
    if (resend != null && resend.id().equals(request)) {
      return this;
    }
    return new Delivery(
        id,
        receiver,
        connection,
        url,
        occasion,
        flowId,
        orchestration,
        transition,
        at,
        source,
        body,
        State.PENDING,
        0,
        now,
        now.plus(rules.giveUpAfter()),
        recent,
        new LastResend(request, by, now, resend == null ? 1 : resend.count() + 1),
        schedule,
        breaker);
  }

  /** The same, with its next attempt at another time. */
  Delivery dueAt(Instant when) {
    return moved(state, attempts, when, recent);
  }

  private Delivery moved(State to, int tried, Instant later, List<Attempt> seen) {
    return moved(to, tried, later, seen, body);
  }

  private Delivery moved(State to, int tried, Instant later, List<Attempt> seen, RawJson same) {
    return new Delivery(
        id,
        receiver,
        connection,
        url,
        occasion,
        flowId,
        orchestration,
        transition,
        at,
        source,
        same,
        to,
        tried,
        later,
        until,
        seen,
        resend,
        schedule,
        breaker);
  }

  private List<Attempt> with(Attempt attempt) {
    List<Attempt> all = new ArrayList<>(recent);
    all.add(attempt);
    return all.subList(Math.max(0, all.size() - KEPT_ATTEMPTS), all.size());
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null || text.length() <= MAX_ERROR ? text : text.substring(0, MAX_ERROR);
  }
}
