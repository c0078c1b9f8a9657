package io.doundo.orchestrator.core.state;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a control record, remembered so that a repeat gets the same one.
 *
 * @param id the first 64 bits of the control id's SHA-256; see {@link #idOf}
 * @param transition the transition that took it, or 0 when it was not kept
 * @param refusal null when it was carried out; else why not, or empty when that is no longer kept
 *     here but in the audit log only
 */
public record ControlOutcome(long id, int transition, @Nullable String refusal) {

  /** Under which number a control id is remembered. */
  public static long idOf(String controlId) {
    return ByteBuffer.wrap(Sha256.of(controlId)).getLong();
  }

  public boolean accepted() {
    return refusal == null;
  }
}
