package io.doundo.http.call;

import io.doundo.http.client.CallResult;
import io.doundo.http.client.CallResult.Answered;
import io.doundo.http.client.CallResult.NotSent;
import io.doundo.http.client.CallResult.Unanswered;
import io.doundo.protocol.http.HttpOutcome;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * What became of a call, as far as HTTP proves it. This is the outcome table: pure, one row a case.
 *
 * @param outcome what is proven
 * @param reason for people; empty for a success
 * @param serviceFault whether the service is unwell
 * @param retryAfter the pause that the service asks for, or null
 */
record Proof(
    HttpOutcome outcome, String reason, boolean serviceFault, @Nullable Duration retryAfter) {

  /** How the command reads the response. */
  interface Reading {

    /** What the step says about a status; null when nothing. */
    @Nullable HttpOutcome said(int status);

    /** Whether the step calls the response a success; 2xx unless it says otherwise. */
    boolean isOk(Answered response) throws Expressions.NoValueException;
  }

  /**
   * What is known of a service.
   *
   * @param trust503 whether a 503 proves that nothing was done
   * @param hasTokens whether a 401 can mean that a token has ended before its time, so that another
   *     attempt with another token may succeed
   */
  record Service(boolean trust503, boolean hasTokens) {

    static final Service ORDINARY = new Service(false, false);
  }

  static final int UNAUTHORIZED = 401;

  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_EARLY = 425;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;

  private static final Proof SUCCESS = new Proof(HttpOutcome.OK, "", false, null);

  /**
   * Reads the table.
   *
   * @param isRead whether the request only reads, so that a failure proves that nothing happened
   * @param now for a {@code Retry-After} that is a date
   */
  static Proof of(
      CallResult result, Reading reading, boolean isRead, Service service, Instant now) {
    if (result instanceof NotSent unsent) {
      return new Proof(
          unsent.isFinal() ? HttpOutcome.FAILED : HttpOutcome.NO_EFFECT,
          unsent.reason(),
          unsent.serviceFault(),
          null);
    }
    if (result instanceof Unanswered unanswered) {
      return new Proof(
          isRead ? HttpOutcome.NO_EFFECT : HttpOutcome.UNKNOWN,
          unanswered.reason(),
          unanswered.serviceFault(),
          null);
    }
    return answered((Answered) result, reading, isRead, service, now);
  }

  private static Proof answered(
      Answered response, Reading reading, boolean isRead, Service service, Instant now) {
    int status = response.status();
    boolean fault = status >= 500 || status == TOO_MANY || status == REQUEST_TIMEOUT;
    Duration pause = retryAfter(response.header("retry-after"), now);
    HttpOutcome said = reading.said(status);
    if (said != null) {
      return said == HttpOutcome.OK || said == HttpOutcome.UNCHANGED
          ? new Proof(said, "", false, null)
          : new Proof(said, "the service answered " + status, fault, pause);
    }
    try {
      if (reading.isOk(response)) {
        return SUCCESS;
      }
    } catch (Expressions.NoValueException e) {
      if (status / 100 == 2) {
        return new Proof(
            HttpOutcome.UNKNOWN,
            "the service answered " + status + ", and ok has no value: " + e.getMessage(),
            false,
            null);
      }
      // An error page need not have the fields of a success: it is none.
    }
    return new Proof(
        failure(status, isRead, service), "the service answered " + status, fault, pause);
  }

  private static HttpOutcome failure(int status, boolean isRead, Service service) {
    if (isRead
        || status == TOO_EARLY
        || status == TOO_MANY
        || (status == UNAUTHORIZED && service.hasTokens())) {
      return HttpOutcome.NO_EFFECT;
    }
    if (status / 100 == 4 && status != REQUEST_TIMEOUT) {
      return HttpOutcome.FAILED;
    }
    return status == UNAVAILABLE && service.trust503()
        ? HttpOutcome.NO_EFFECT
        : HttpOutcome.UNKNOWN;
  }

  /** The pause of a {@code Retry-After} header: seconds, or a date. */
  static @Nullable Duration retryAfter(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    String text = header.strip();
    if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
