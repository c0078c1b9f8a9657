package io.doundo.orchestrator.query.index;

/** The names of steps. May throw when the definitions cannot be read right now. */
public interface StepNames {

  /** The name of a step by its index in the definition, or a number for it if there is none. */
  String name(IndexedDefinition definition, int index);
}
