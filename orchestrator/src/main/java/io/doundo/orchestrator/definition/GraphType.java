package io.doundo.orchestrator.definition;

/**
 * The shape a registration asked for. All three compile to one graph; the shape is kept for show.
 */
public enum GraphType {
  /** A chain in the order of {@code seq}. */
  SEQUENTIAL,
  /** No edges. */
  PARALLEL,
  /** Edges as given by {@code dependsOn}. */
  GRAPH
}
