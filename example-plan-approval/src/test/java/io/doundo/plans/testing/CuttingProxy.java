package io.doundo.plans.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Passes connections on to a port. It can be told to lose the answer to the next write: the server
 * has done its work then, and the client never hears of it.
 */
public final class CuttingProxy implements AutoCloseable {

  private final ServerSocket server;
  private final int target;
  private final AtomicReference<@Nullable Runnable> cut = new AtomicReference<>();
  private final Map<String, HeldWrite> held = new ConcurrentHashMap<>();

  CuttingProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon("proxy", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /**
   * Keeps the next PUT of a plan back until it is let go, as a slow network does.
   *
   * @return counted down once it is kept back
   */
  HeldWrite hold(String planId) {
    HeldWrite write = new HeldWrite();
    held.put(planId, write);
    return write;
  }

  /** A write that is on its way. */
  public static final class HeldWrite {

    private final CountDownLatch kept = new CountDownLatch(1);
    private final CountDownLatch let = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile int status;

    /** Waits until it is on its way. */
    public void awaitKept() throws InterruptedException {
      if (!kept.await(2, TimeUnit.MINUTES)) {
        throw new IllegalStateException("nothing was written within two minutes");
      }
    }

    /** Lets it arrive. */
    public void letGo() {
      let.countDown();
    }

    /** The status with which the store has answered it, whether or not anybody has heard. */
    public int status() throws InterruptedException {
      if (!answered.await(2, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the store has not answered within two minutes");
      }
      return status;
    }

    private void answer(byte[] beginning) {
      if (answered.getCount() > 0) {
        status = Integer.parseInt(new String(beginning, 9, 3, StandardCharsets.US_ASCII));
        answered.countDown();
      }
    }

    private void keep() {
      kept.countDown();
      try {
        let.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void holdBack(String request, AtomicReference<@Nullable HeldWrite> onItsWay) {
    if (request.startsWith("PUT ")) {
      String path = request.substring(4, Math.max(4, request.indexOf(' ', 4)));
      HeldWrite write = held.remove(path.substring(path.lastIndexOf('/') + 1));
      if (write != null) {
        onItsWay.set(write);
        write.keep();
      }
    }
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
      AtomicReference<@Nullable HeldWrite> onItsWay = new AtomicReference<>();
      daemon("proxy-requests", () -> requests(client, behind, method, onItsWay));
      InputStream answers = behind.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[16_384];
      for (int read = answers.read(buffer); read >= 0; read = answers.read(buffer)) {
        HeldWrite write = onItsWay.get();
        if (write != null) {
          write.answer(buffer);
        }
        Runnable then = "PUT ".equals(method.get()) ? cut.getAndSet(null) : null;
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

  private void requests(
      Socket client,
      Socket behind,
      AtomicReference<String> method,
      AtomicReference<@Nullable HeldWrite> onItsWay) {
    try {
      InputStream requests = client.getInputStream();
      OutputStream out = behind.getOutputStream();
      byte[] buffer = new byte[16_384];
      for (int read = requests.read(buffer); read >= 0; read = requests.read(buffer)) {
        String beginning = new String(buffer, 0, Math.min(4, read), StandardCharsets.US_ASCII);
        if (beginning.matches("[A-Z]{3,4} ?")) {
          method.set(beginning);
        }
        holdBack(new String(buffer, 0, read, StandardCharsets.US_ASCII), onItsWay);
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
