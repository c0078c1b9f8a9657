package io.doundo.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void aPortOnWhichSomebodyListensIsTaken() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.isFree(server.getLocalPort())).isFalse();
    }
  }

  @Test
  void aPortTakenOnAllInterfacesIsTaken() throws IOException {
    try (ServerSocket server = new ServerSocket(0)) {
      assertThat(Ports.isFree(server.getLocalPort())).isFalse();
    }
  }

  @Test
  void aPortIsFreeOnceItsServerIsGone() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }

    assertThat(Ports.isFree(port)).isTrue();
  }

  @Test
  void theProcessThatListensIsNamed() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "reads /proc");
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertThat(PortOwner.of(server.getLocalPort()))
          .hasValueSatisfying(
              owner -> assertThat(owner).contains("process " + ProcessHandle.current().pid()));
    }
  }

  @Test
  void freePortsAreDistinctAndFree() throws IOException {
    List<Integer> ports = Ports.free(5);

    assertThat(ports).hasSize(5).doesNotHaveDuplicates().allMatch(Ports::isFree);
  }
}
