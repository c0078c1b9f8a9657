package io.doundo.launcher.demo;

/** Why the demo cannot go on, and what to do about it, in words. */
final class DemoFailure extends Exception {

  private static final long serialVersionUID = 1L;

  DemoFailure(String message) {
    super(message);
  }
}
