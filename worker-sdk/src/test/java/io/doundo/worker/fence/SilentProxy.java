package io.doundo.worker.fence;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes bytes on to a server on loopback, both ways, until it is told to swallow them: the
 * connection then stays open and says nothing, as one whose other end is gone without a word.
 */
final class SilentProxy implements AutoCloseable {

  /** One connection of a client, with that to the server. */
  private static final class Pair {

    private final Socket client;
    private final Socket server;
    private volatile boolean silent;

    Pair(Socket client, Socket server, boolean silent) {
      this.client = client;
      this.server = server;
      this.silent = silent;
    }

    void begin() {
      daemon(() -> pass(client, server));
      daemon(() -> pass(server, client));
    }

    private void pass(Socket from, Socket to) {
      byte[] bytes = new byte[8_192];
      try (from;
          to;
          InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
          if (!silent) {
            out.write(bytes, 0, read);
          }
        }
      } catch (IOException e) {
        // One of them was closed, and with it both are.
        silent = true;
      }
    }

    void close() throws IOException {
      client.close();
      server.close();
    }
  }

  private final ServerSocket listener;
  private final int target;
  private final List<Pair> pairs = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile boolean silentFromNowOn;

  /** A proxy on a free port. */
  SilentProxy(int target) {
    this.target = target;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Pair pair = new Pair(client, server, silentFromNowOn);
        pairs.add(pair);
        accepted.incrementAndGet();
        pair.begin();
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "silent-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** How many connections it has had. */
  int accepted() {
    return accepted.get();
  }

  /** The connections that are open now say nothing any more. */
  void silence() {
    pairs.forEach(pair -> pair.silent = true);
  }

  /** Whether those that are opened from now on say nothing from the beginning. */
  void silentFromNowOn(boolean silent) {
    silentFromNowOn = silent;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Pair pair : pairs) {
      pair.close();
    }
  }
}
