package io.doundo.launcher.dev;

import io.doundo.launcher.ExitCodes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code doundo dev stop}. */
@Command(
    name = "stop",
    description = "Stop a running doundo dev, as Ctrl-C does in its terminal.",
    mixinStandardHelpOptions = true)
final class DevStop implements Callable<Integer> {

  /** Each of its processes may take 25 s before it is ended by force. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final long POLL_MILLIS = 100;

  @ParentCommand private DevCommand dev;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Path data = dev.dataDirectory();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (!DataLock.isHeld(data)) {
      out.printf("DoUndo is not running in %s.%n", data);
      return ExitCodes.OK;
    }
    Optional<ProcessHandle> lockHolder =
        DataLock.lockHolder(data).flatMap(LockHolder::self).flatMap(LockHolder.Member::running);
    if (lockHolder.isEmpty()) {
      err.printf(
          "%s is in use, but its process cannot be identified. Stop it with Ctrl-C in its terminal.%n",
          data);
      return ExitCodes.REFUSED;
    }
    out.printf("Stopping DoUndo in %s, process %d …%n", data, lockHolder.get().pid());
    lockHolder.get().destroy();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (DataLock.isHeld(data)) {
      if (System.nanoTime() > end) {
        err.printf(
            "Process %d is still running after %d s.%n",
            lockHolder.get().pid(), PATIENCE.toSeconds());
        return ExitCodes.NOT_YET;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    out.println("Stopped; the data is kept.");
    return ExitCodes.OK;
  }
}
