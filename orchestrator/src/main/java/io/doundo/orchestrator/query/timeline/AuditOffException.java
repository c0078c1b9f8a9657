package io.doundo.orchestrator.query.timeline;

/** A request needs the audit log, which is disabled. */
public final class AuditOffException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AuditOffException() {
    super(
        "doundo.audit is off: without an audit log there is no history of a"
            + " flow. Its current state can be read.");
  }
}
