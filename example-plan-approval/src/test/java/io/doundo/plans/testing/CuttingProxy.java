package io.doundo.plans.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Passes connections on to a port. It can be told to lose the answer to the next write: the server
 * has done its work then, and the client never hears of it.
 */
final class CuttingProxy implements AutoCloseable {

  private final ServerSocket server;
  private final int target;
  private final AtomicReference<@Nullable Runnable> cut = new AtomicReference<>();

  CuttingProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon("proxy", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Loses the answer to the next PUT, and does something in the moment when it was made. */
  void loseNextAnswer(Runnable then) {
    cut.set(then);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        daemon("proxy-connection", () -> serve(client));
      } catch (IOException e) {
        // Closed, or a connection that was gone at once.
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), target)) {
      AtomicReference<String> method = new AtomicReference<>("");
      daemon("proxy-requests", () -> requests(client, behind, method));
      InputStream answers = behind.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[16_384];
      for (int read = answers.read(buffer); read >= 0; read = answers.read(buffer)) {
        Runnable then = method.get().equals("PUT ") ? cut.getAndSet(null) : null;
        if (then != null) {
          then.run();
          return;
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // Either end is gone; the other one is closed here.
    }
  }

  private static void requests(Socket client, Socket behind, AtomicReference<String> method) {
    try {
      InputStream requests = client.getInputStream();
      OutputStream out = behind.getOutputStream();
      byte[] buffer = new byte[16_384];
      for (int read = requests.read(buffer); read >= 0; read = requests.read(buffer)) {
        String beginning = new String(buffer, 0, Math.min(4, read), StandardCharsets.US_ASCII);
        if (beginning.matches("[A-Z]{3,4} ?")) {
          method.set(beginning);
        }
        out.write(buffer, 0, read);
        out.flush();
      }
      behind.shutdownOutput();
    } catch (IOException e) {
      // Either end is gone.
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
