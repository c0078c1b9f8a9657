package io.doundo.orchestrator.core;

/** The two directions of a step. */
public enum Action {
  DO,
  UNDO
}
