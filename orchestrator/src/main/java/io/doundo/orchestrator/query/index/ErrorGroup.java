package io.doundo.orchestrator.query.index;

/**
 * The errors that have one cause, as far as their texts show.
 *
 * @param fingerprint {@code v1:} and 16 hexadecimal digits
 * @param step the step that failed, or empty for an error of the flow itself
 * @param action DO or UNDO, or empty
 * @param kind {@code FAILED}, or {@code IN_DOUBT} when nobody knows whether it happened
 * @param template the text with placeholders for all that differs from flow to flow
 */
public record ErrorGroup(
    String fingerprint,
    String orchestration,
    String step,
    String action,
    String kind,
    String template) {

  /** The group of everything beyond the number of groups that are kept. */
  static final ErrorGroup OTHER =
      new ErrorGroup(Fingerprint.VERSION + "other", "", "", "", "", "(errors of further groups)");
}
