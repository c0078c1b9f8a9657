package io.doundo.launcher.dev;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevPlanTest {

  @TempDir Path data;

  @Test
  void takenPortsAreNamedAllAtOnceWithWhatToDo() throws IOException {
    try (ServerSocket kafka = listening();
        ServerSocket redis = listening();
        ServerSocket http = listening()) {
      assertThatThrownBy(
              () ->
                  plan(kafka.getLocalPort(), redis.getLocalPort(), http.getLocalPort())
                      .requireFreePorts())
          .isInstanceOf(DevRefusedException.class)
          .hasMessageContaining("Port " + kafka.getLocalPort() + ", needed for Kafka, is in use")
          .hasMessageContaining("doundo dev --kafka-port ")
          .hasMessageContaining("Port " + redis.getLocalPort() + ", needed for Redis, is in use")
          .hasMessageContaining("doundo dev --redis-port ")
          .hasMessageContaining("Port " + http.getLocalPort() + ", needed for REST, is in use")
          .hasMessageContaining("doundo dev --http-port ");
    }
  }

  @Test
  void onePortCannotServeTwo() throws IOException {
    int port = freePort();

    assertThatThrownBy(() -> plan(port, freePort(), port).requireFreePorts())
        .hasMessageContaining("--http-port and --kafka-port are both " + port);
  }

  @Test
  void aNumberThatIsNoPortIsRefused() throws IOException {
    int free = freePort();

    assertThatThrownBy(() -> plan(free, freePort(), 70_000).requireFreePorts())
        .hasMessageContaining("--http-port must be 1 to 65535, but is 70000");
  }

  @Test
  void freePortsAreAccepted() throws IOException {
    DevPlan plan = plan(freePort(), freePort(), freePort());

    assertThatCode(plan::requireFreePorts).doesNotThrowAnyException();
  }

  @Test
  void aSecondRunOnOneDirectoryNamesWhoHoldsIt() throws Exception {
    DevPlan plan = plan(1234, 3456, 5678);
    long pid = ProcessHandle.current().pid();
    try (DataLock lock = DataLock.take(plan)) {
      lock.describe(List.of());

      assertThatThrownBy(() -> DataLock.take(plan))
          .isInstanceOf(DevRefusedException.class)
          .hasMessageContaining("already running on " + data)
          .hasMessageContaining(
              "process "
                  + pid
                  + ", Kafka on localhost:1234, Redis on redis://127.0.0.1:3456, REST on http://localhost:5678");
    }
    assertThatCode(() -> DataLock.take(plan).close()).doesNotThrowAnyException();
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static int freePort() throws IOException {
    try (ServerSocket server = listening()) {
      return server.getLocalPort();
    }
  }

  private DevPlan plan(int kafkaPort, int redisPort, int httpPort) {
    return new DevPlan(kafkaPort, redisPort, httpPort, data, List.of());
  }
}
