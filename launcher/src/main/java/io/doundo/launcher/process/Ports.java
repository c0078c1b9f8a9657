package io.doundo.launcher.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports on the loopback interface. */
public final class Ports {

  private static final int CONNECT_MILLIS = 300;

  /** Below what systems hand out for outgoing connections, above what services ask for. */
  private static final int LOWEST_FREE = 15_000;

  private static final int HIGHEST_FREE = 32_000;
  private static final int TRIES_PER_PORT = 100;

  private Ports() {}

  /**
   * Ports that are free now, and that no outgoing connection takes while a server that uses one is
   * away for a moment.
   */
  public static List<Integer> free(int count) throws IOException {
    Set<Integer> found = new LinkedHashSet<>();
    for (int tries = 0; found.size() < count; tries++) {
      if (tries > TRIES_PER_PORT * count) {
        throw new IOException("cannot find " + count + " free ports");
      }
      int port = ThreadLocalRandom.current().nextInt(LOWEST_FREE, HIGHEST_FREE);
      if (isFree(port)) {
        found.add(port);
      }
    }
    return List.copyOf(found);
  }

  /** Whether the port is free and this process may listen on it. */
  public static boolean isFree(int port) {
    return !isAnswered(port) && isBindable(port);
  }

  /** A server on all interfaces does not keep every system from binding one of them. */
  private static boolean isAnswered(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isBindable(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
