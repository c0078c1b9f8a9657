package io.doundo.launcher;

/** The exit codes of every command; part of the command line's contract. */
public final class ExitCodes {

  public static final int OK = 0;
  public static final int REFUSED = 1;
  public static final int USAGE = 2;
  public static final int UNREACHABLE = 3;
  public static final int NOT_FOUND = 4;
  public static final int NOT_YET = 5;
  public static final int NOT_COMPLETED = 6;

  public static final int DEFECT = 70;

  private ExitCodes() {}
}
