package io.doundo.launcher.dev;

/** Why the development installation cannot start, and what to do about it, in words. */
public final class DevRefusedException extends Exception {

  DevRefusedException(String message) {
    super(message);
  }
}
