package io.doundo.orchestrator.streams.read;

import io.doundo.orchestrator.streams.state.UnreadableValueException;

/** This release cannot read what the definitions topic has under a key. */
public final class UnreadableDefinitionException extends UnreadableValueException {

  private static final long serialVersionUID = 1;

  public UnreadableDefinitionException(String message) {
    super(message);
  }
}
