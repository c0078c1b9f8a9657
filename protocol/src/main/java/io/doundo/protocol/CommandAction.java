package io.doundo.protocol;

/** What a command asks for. */
public enum CommandAction {
  DO,
  UNDO
}
