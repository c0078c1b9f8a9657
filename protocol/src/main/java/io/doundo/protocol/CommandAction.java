package io.doundo.protocol;

/** The action that a command requests. */
public enum CommandAction {
  DO,
  UNDO
}
