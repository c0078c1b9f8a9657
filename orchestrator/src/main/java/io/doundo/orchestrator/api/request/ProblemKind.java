package io.doundo.orchestrator.api.request;

import java.net.URI;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;

/**
 * The kinds of problems with a request. The name is the end of the problem's type and never
 * changes.
 */
public enum ProblemKind {
  BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request cannot be understood"),
  REGISTRATION_REFUSED(HttpStatus.BAD_REQUEST, "The registration was refused"),
  TEMPLATE_REFUSED(HttpStatus.BAD_REQUEST, "The template was refused"),
  UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "A login is required"),
  FORBIDDEN(HttpStatus.FORBIDDEN, "The role does not allow this"),
  FOREIGN_ORIGIN(HttpStatus.FORBIDDEN, "Cross-origin requests are not allowed"),
  LOGIN_NEEDS_TLS(HttpStatus.FORBIDDEN, "A login needs TLS"),
  PAYLOAD_HIDDEN(HttpStatus.FORBIDDEN, "Payloads are hidden"),
  UNKNOWN_FLOW(HttpStatus.NOT_FOUND, "No such flow"),
  UNKNOWN_ORCHESTRATION(HttpStatus.NOT_FOUND, "No such orchestration"),
  UNKNOWN_STEP(HttpStatus.NOT_FOUND, "No such step"),
  UNKNOWN_VERSION(HttpStatus.NOT_FOUND, "No such version"),
  UNKNOWN_DEAD_LETTER(HttpStatus.NOT_FOUND, "No such dead letter"),
  UNKNOWN_JOB(HttpStatus.NOT_FOUND, "No such job"),
  UNKNOWN_INCIDENT(HttpStatus.NOT_FOUND, "No such incident"),
  UNKNOWN_TASK(HttpStatus.NOT_FOUND, "No such task"),
  UNKNOWN_SCHEDULE(HttpStatus.NOT_FOUND, "No such schedule"),
  UNKNOWN_BREAKER(HttpStatus.NOT_FOUND, "No such breaker"),
  UNKNOWN_NOTIFICATION(HttpStatus.NOT_FOUND, "No such notification"),
  UNKNOWN_HOOK(HttpStatus.NOT_FOUND, "No such webhook"),
  UNKNOWN_TEMPLATE(HttpStatus.NOT_FOUND, "No such template"),
  NO_SUCH_PATH(HttpStatus.NOT_FOUND, "No such path"),
  UNKNOWN_VERB(HttpStatus.NOT_FOUND, "No such verb"),
  NO_LOGIN_NEEDED(HttpStatus.CONFLICT, "Nobody needs to log in here"),
  CONTROL_REFUSED(HttpStatus.CONFLICT, "The flow does not allow this"),
  JOB_REFUSED(HttpStatus.CONFLICT, "The job does not allow this"),
  SCHEDULE_REFUSED(HttpStatus.CONFLICT, "The schedule does not allow this"),
  BREAKER_REFUSED(HttpStatus.CONFLICT, "The breaker does not allow this"),
  CHANGED_MEANWHILE(HttpStatus.CONFLICT, "The flow has changed"),
  TASK_NOT_OPEN(HttpStatus.CONFLICT, "The task is not open"),
  ORCHESTRATION_NOT_ACTIVE(HttpStatus.CONFLICT, "The orchestration accepts no starts"),
  RESEND_REFUSED(HttpStatus.CONFLICT, "The dead letter must not be sent again like this"),
  PAYLOAD_GONE(HttpStatus.CONFLICT, "The flow's payload has expired"),
  WORKFLOW_EXISTS(HttpStatus.CONFLICT, "There is such a workflow"),
  TEMPLATE_EXISTS(HttpStatus.CONFLICT, "There is such a template"),
  TOO_MANY_TEMPLATES(HttpStatus.CONFLICT, "There are too many templates"),
  TOO_MANY_DEFINITIONS(HttpStatus.CONFLICT, "There are too many definitions"),
  FLOW_ID_TAKEN(HttpStatus.CONFLICT, "The flowId is already in use"),
  PAYLOAD_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The orchestration does not take this payload"),
  EVENT_NOT_MAPPED(HttpStatus.UNPROCESSABLE_CONTENT, "The webhook cannot use this request"),
  RECORD_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The record would become a dead letter again"),
  FORM_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The answer does not fit the task's form"),
  TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request is too large"),
  FOREIGN_HOST(HttpStatus.MISDIRECTED_REQUEST, "The Host header is not allowed"),
  TOO_MANY_FAILURES(HttpStatus.TOO_MANY_REQUESTS, "Too many failed logins"),
  TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
  AUDIT_OFF(HttpStatus.NOT_IMPLEMENTED, "The audit log is disabled"),
  SEARCH_OFF(HttpStatus.NOT_IMPLEMENTED, "Flow lists are disabled"),
  NOT_READY(HttpStatus.SERVICE_UNAVAILABLE, "The orchestrator is not ready"),
  TOO_MANY_WAITING(HttpStatus.SERVICE_UNAVAILABLE, "Too many requests are waiting"),
  REGISTRATIONS_HELD_UP(HttpStatus.SERVICE_UNAVAILABLE, "Registrations are blocked"),
  BROKER_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Kafka is not available"),
  TOPIC_MISSING(HttpStatus.SERVICE_UNAVAILABLE, "A topic is missing"),
  NO_ANSWER(HttpStatus.GATEWAY_TIMEOUT, "The orchestrator did not answer in time"),
  INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "Internal error");

  private final HttpStatus status;
  private final String title;

  ProblemKind(HttpStatus status, String title) {
    this.status = status;
    this.title = title;
  }

  public HttpStatus status() {
    return status;
  }

  String title() {
    return title;
  }

  /** All kinds with their status, for the description of the API. */
  public static String summary() {
    return Stream.of(values())
        .map(kind -> kind.status.value() + " " + kind.type())
        .collect(Collectors.joining(", "));
  }

  URI type() {
    return URI.create("urn:doundo:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}
