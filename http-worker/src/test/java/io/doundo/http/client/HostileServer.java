package io.doundo.http.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server on a socket of its own that answers each request as a test says, byte for byte. It keeps
 * a ledger of what it has received.
 */
public final class HostileServer implements AutoCloseable {

  /** Answers one request, and may do so wrongly; the connection is closed afterwards. */
  public interface Answer {
    void to(String request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Answer answer;

  public HostileServer(Answer answer) {
    this.answer = answer;
    try {
      this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** A response with a status line and a body. */
  public static Answer answering(String status, String headers, String body) {
    return (request, out) ->
        out.write(
            ("HTTP/1.1 "
                    + status
                    + "\r\n"
                    + headers
                    + "Content-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length
                    + "\r\nConnection: close\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.UTF_8));
  }

  /** JSON. */
  public static Answer json(String status, String body) {
    return answering(status, "Content-Type: application/json\r\n", body);
  }

  /** Never answers, and keeps the connection until the server is closed. */
  public Answer silence() {
    return (request, out) -> closed.await();
  }

  public void answers(Answer other) {
    answer = other;
  }

  public int port() {
    return socket.getLocalPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Every request, head and body. */
  public List<String> received() {
    return received;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        threads.execute(() -> serve(connection));
      } catch (IOException e) {
        // The server was closed.
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      String request = read(new BufferedInputStream(connection.getInputStream()));
      if (request.isEmpty()) {
        return;
      }
      received.add(request);
      answer.to(request, connection.getOutputStream());
      connection.getOutputStream().flush();
    } catch (IOException e) {
      // The client has gone, as some tests want.
      connection.isClosed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        int length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
        text += new String(in.readNBytes(length), StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  @Override
  public void close() {
    closed.countDown();
    threads.shutdownNow();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
