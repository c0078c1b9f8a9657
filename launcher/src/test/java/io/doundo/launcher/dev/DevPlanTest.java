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
  void takenPortsAreNamedBothAtOnceWithWhatToDo() throws IOException {
    try (ServerSocket kafka = listening();
        ServerSocket http = listening()) {
      assertThatThrownBy(() -> plan(kafka.getLocalPort(), http.getLocalPort()).requireFreePorts())
          .isInstanceOf(DevRefusedException.class)
          .hasMessageContaining("Port " + kafka.getLocalPort() + ", wanted for Kafka, is taken")
          .hasMessageContaining("doundo dev --kafka-port ")
          .hasMessageContaining("Port " + http.getLocalPort() + ", wanted for REST, is taken")
          .hasMessageContaining("doundo dev --http-port ");
    }
  }

  @Test
  void onePortCannotServeBoth() throws IOException {
    int port = freePort();

    assertThatThrownBy(() -> plan(port, port).requireFreePorts())
        .hasMessageContaining("--kafka-port and --http-port are both " + port);
  }

  @Test
  void aNumberThatIsNoPortIsRefused() throws IOException {
    int free = freePort();

    assertThatThrownBy(() -> plan(free, 70_000).requireFreePorts())
        .hasMessageContaining("--http-port must be 1 to 65535, but is 70000");
  }

  @Test
  void freePortsAreAccepted() throws IOException {
    DevPlan plan = plan(freePort(), freePort());

    assertThatCode(plan::requireFreePorts).doesNotThrowAnyException();
  }

  @Test
  void aSecondRunOnOneDirectoryIsToldWhoHoldsIt() throws Exception {
    DevPlan plan = plan(1234, 5678);
    long pid = ProcessHandle.current().pid();
    try (DataLock lock = DataLock.take(plan)) {
      lock.describe(plan, List.of());

      assertThatThrownBy(() -> DataLock.take(plan))
          .isInstanceOf(DevRefusedException.class)
          .hasMessageContaining("already running on " + data)
          .hasMessageContaining(
              "process " + pid + ", Kafka on localhost:1234, REST on http://localhost:5678");
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

  private DevPlan plan(int kafkaPort, int httpPort) {
    return new DevPlan(kafkaPort, httpPort, data, List.of());
  }
}
