package io.doundo.orchestrator.core.state;

import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.DefinitionId;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What makes a flow a part of another one. It never changes.
 *
 * @param link its place in its parent
 * @param root the flowId of the flow at the top, which is itself no part
 * @param depth how many flows stand above it, at least 1
 * @param definition the definition that it runs
 * @param path the body of that definition that it runs; null for the whole definition
 * @param captured what the body's expressions read of the flows above it; null when nothing
 */
public record PartOf(
    PartLink link,
    String root,
    int depth,
    DefinitionId definition,
    @Nullable String path,
    @Nullable Content captured) {

  private static final int LONGEST_FLOW_ID = 255;
  private static final int DIGEST_BYTES = 16;

  /** The flowId of a part: that of its parent, the step, and its index. */
  public static String flowIdOf(PartLink link) {
    String attempt = link.attempt() == 1 ? "" : "." + link.attempt();
    String tail = "~" + link.step() + "~" + link.index() + attempt;
    String front = link.flowId();
    return front.length() + tail.length() <= LONGEST_FLOW_ID
        ? front + tail
        : HexFormat.of().formatHex(Sha256.of(front), 0, DIGEST_BYTES) + tail;
  }
}
