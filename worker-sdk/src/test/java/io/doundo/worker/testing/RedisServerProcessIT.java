package io.doundo.worker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RedisServerProcessIT {

  @TempDir Path directory;

  /** A JVM that starts a redis-server, prints its process id, and waits to be killed. */
  static final class Parent {
    public static void main(String[] arguments) throws IOException {
      RedisServerProcess server = RedisServerProcess.start(Path.of(arguments[0]), 0);
      System.out.println("redis " + server.pid());
      while (System.in.read() >= 0) {
        // The output is ignored.
      }
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void itsJvmIsKilled_itEndsToo() throws IOException {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.startsWith("redis ")) {
        line = out.readLine();
      }
      assertThat(line).isNotNull();
      ProcessHandle server =
          ProcessHandle.of(Long.parseLong(line.substring("redis ".length()))).orElseThrow();
      assertThat(server.isAlive()).isTrue();
      parent.destroyForcibly();
      Awaitility.await().until(() -> !server.isAlive());
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void killedAndStarted_itIsOnTheSamePort() throws IOException {
    try (RedisServerProcess server = RedisServerProcess.start(directory, 0)) {
      long first = server.pid();
      server.kill();
      assertThat(server.isAlive()).isFalse();
      server.start();
      assertThat(server.isAlive()).isTrue();
      assertThat(server.pid()).isNotEqualTo(first);
    }
  }

  @Test
  void thePortIsTaken_theMessageHoldsItsLog() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> RedisServerProcess.start(directory, taken.getLocalPort()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Address already in use");
    }
  }
}
