package io.doundo.orchestrator.streams.state;

/**
 * A stored value has a schema version this release does not know. Going on would lose what it says,
 * so the engine stops.
 */
public final class NewerSchemaException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NewerSchemaException(String what, int found, int known) {
    super(
        what
            + " was stored with schema version "
            + found
            + "; this release reads up to version "
            + known
            + ": run the newer release that wrote it");
  }

  private NewerSchemaException(String message) {
    super(message);
  }

  /**
   * The version is known, but not all that the value holds.
   *
   * @param part what this release does not know, with the thing it belongs to
   */
  static NewerSchemaException unknown(String part) {
    return new NewerSchemaException(
        "this release does not know " + part + ": run the newer release that wrote it");
  }

  /** Checks a stored version number. */
  public static void check(String what, int found, int known) {
    if (found > known) {
      throw new NewerSchemaException(what, found, known);
    }
    if (found < 1) {
      throw new UnreadableValueException(what + " has the schema version " + found);
    }
  }
}
