package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailureReportTest {

  @Command(name = "failing")
  record Failing(Exception failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }

  @Test
  void anUnforeseenErrorIsOneLineAndNoStackTrace() {
    StringWriter err = new StringWriter();

    int code = run(new IllegalStateException("the map is empty"), err);

    assertThat(code).isEqualTo(70);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("IllegalStateException: the map is empty", "DOUNDO_STACK_TRACES=1");
  }

  @Test
  void aFileThatCannotBeWrittenIsNoDefect() {
    StringWriter err = new StringWriter();

    int code = run(new IOException("disk full"), err);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("I/O error: IOException: disk full");
  }

  private static int run(Exception failure, StringWriter err) {
    return new CommandLine(new Failing(failure))
        .setErr(new PrintWriter(err, true))
        .setExecutionExceptionHandler(new FailureReport())
        .execute();
  }
}
