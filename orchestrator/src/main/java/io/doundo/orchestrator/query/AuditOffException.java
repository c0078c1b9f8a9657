package io.doundo.orchestrator.query;

/** Something is asked for that only the audit log can tell, and none is written here. */
public final class AuditOffException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AuditOffException() {
    super(
        "doundo.audit is off: no audit log is written, and so nothing can tell what happens to a"
            + " flow in between. Where it stands can be read.");
  }
}
