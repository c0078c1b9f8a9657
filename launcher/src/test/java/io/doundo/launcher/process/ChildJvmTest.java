package io.doundo.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildJvmTest {

  @TempDir Path directory;

  /** Allocates memory until none is left, and would carry on after the error. */
  static final class Hog {

    private Hog() {}

    public static void main(String[] arguments) throws InterruptedException {
      List<byte[]> taken = new ArrayList<>();
      try {
        while (true) {
          taken.add(new byte[1 << 20]);
        }
      } catch (OutOfMemoryError e) {
        System.out.println("it goes on after " + taken.size() + " MiB");
        TimeUnit.HOURS.sleep(1);
      }
    }
  }

  /** Fails with a cause below many stack frames. */
  static final class Failing {

    private Failing() {}

    public static void main(String[] arguments) {
      fail(60);
    }

    private static void fail(int deep) {
      if (deep > 0) {
        fail(deep - 1);
      }
      throw new IllegalStateException("it cannot start", new IllegalArgumentException("port 0"));
    }
  }

  @Test
  void theEndOfItsLogSaysWhatFailedAndNotWhere() throws Exception {
    Path log = directory.resolve("failing.log");
    Child child =
        ChildJvm.start(
            "failing",
            List.of("-Xmx16m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
            ClassPath.current(),
            Failing.class,
            List.of(),
            log,
            line -> {});
    try {
      child.onExit().get(50, TimeUnit.SECONDS);

      assertThat(child.ending()).isEqualTo("ended with exit code 1");
      assertThat(child.tail())
          .anyMatch(line -> line.contains("it cannot start"))
          .anyMatch(line -> line.startsWith("Caused by: ") && line.endsWith("port 0"))
          .noneMatch(line -> line.contains("\tat "));
      assertThat(Files.readString(log)).contains("\tat ");
    } finally {
      child.kill();
    }
  }

  @Test
  void aChildWhoseMemoryIsUsedUpEndsAndItsEndingSaysWhy() throws Exception {
    Child child =
        ChildJvm.start(
            "hog",
            List.of("-Xmx8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
            ClassPath.current(),
            Hog.class,
            List.of(),
            directory.resolve("hog.log"),
            line -> {});
    try {
      child.onExit().get(50, TimeUnit.SECONDS);

      assertThat(child.ending()).isEqualTo("ran out of memory and ended");
      assertThat(child.tail()).anyMatch(line -> line.contains("OutOfMemoryError"));
    } finally {
      child.kill();
    }
  }
}
