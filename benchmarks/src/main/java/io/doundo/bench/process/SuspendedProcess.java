package io.doundo.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;

/** A process that stands still until this is closed, or this JVM is gone. */
public final class SuspendedProcess implements AutoCloseable {

  private static final String DONE = "frozen";

  /** The shell's input ends when it is closed, and also when this JVM dies. */
  private static final String FREEZE =
      "kill -STOP \"$1\" && echo " + DONE + "; cat >/dev/null; kill -CONT \"$1\"";

  private final Process shell;

  /** Returns when the process stands still. */
  public SuspendedProcess(ProcessHandle process) throws IOException {
    shell =
        new ProcessBuilder("/bin/sh", "-c", FREEZE, "sh", Long.toString(process.pid()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), Charset.defaultCharset()));
    if (!DONE.equals(output.readLine())) {
      close();
      throw new IOException("process " + process.pid() + " cannot be stopped");
    }
  }

  /** Throws when someone has let the process go on. */
  public void requireStill() {
    if (!shell.isAlive()) {
      throw new IllegalStateException("the frozen process is still running");
    }
  }

  @Override
  public void close() throws IOException {
    shell.getOutputStream().close();
    shell.onExit().join();
  }
}
