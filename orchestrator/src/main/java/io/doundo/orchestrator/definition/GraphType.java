package io.doundo.orchestrator.definition;

/**
 * The shape requested by a registration. All three compile to one graph; the shape is kept for
 * show.
 */
public enum GraphType {
  /** A chain in the order of {@code seq}. */
  SEQUENTIAL,
  /** No edges. */
  PARALLEL,
  /** Edges as given by {@code dependsOn}. */
  GRAPH
}
