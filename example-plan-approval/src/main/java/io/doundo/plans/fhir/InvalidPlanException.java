package io.doundo.plans.fhir;

/** The FHIR store does not accept a plan; nothing was written. */
public final class InvalidPlanException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InvalidPlanException(String message) {
    super(message);
  }
}
