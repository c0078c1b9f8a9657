package io.doundo.orchestrator.core.state.parts;

/** What a parent asks of a part. The part answers each with how it stands. */
public enum ParentVerb {
  /** Go to {@code UNDONE}, whatever its status: the only way back between flows. */
  BACK,
  PAUSE,
  RESUME,
  ABANDON,
  /** Its parent has ended: it may be archived, and expires at the time given. */
  RELEASE,
  /** Its parent may need it again: come back from the archive, and do not expire. */
  KEEP
}
