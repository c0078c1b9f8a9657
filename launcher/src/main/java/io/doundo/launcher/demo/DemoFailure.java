package io.doundo.launcher.demo;

/** Why the demo cannot go on, and what to do about it, in words. */
public final class DemoFailure extends Exception {

  private static final long serialVersionUID = 1L;

  public DemoFailure(String message) {
    super(message);
  }
}
