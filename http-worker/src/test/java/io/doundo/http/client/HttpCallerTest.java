package io.doundo.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Credentials;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A client ends without a word, whatever its connections do. */
@ExtendWith(OutputCaptureExtension.class)
class HttpCallerTest {

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @Test
  void idleConnectionsAreClosedQuietly(CapturedOutput output) {
    try (HostileServer server = new HostileServer((request, out) -> {})) {
      server.answers(
          (request, out) -> {
            write(out);
            // It keeps the connection open, as the answer says.
            server.silence().to(request, out);
          });
      HttpCaller caller = caller(server);
      CallResult result = call(caller, server);
      assertThat(result).isInstanceOf(CallResult.Answered.class);
      caller.close();
    }
    timer.shutdownNow();
    assertThat(output).doesNotContain("Exception");
  }

  private static void write(OutputStream out) throws IOException {
    out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private CallResult call(HttpCaller caller, HostileServer server) {
    SentCall call = caller.prepare();
    caller.send(
        call,
        new OutgoingRequest("GET", URI.create(server.url() + "/"), Map.of(), null),
        Duration.ofSeconds(20));
    return call.result().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private HttpCaller caller(HostileServer server) {
    return new HttpCaller(
        new Connection(
            "crm",
            URI.create(server.url()),
            new Credentials.None(),
            Map.of(),
            null,
            null,
            10,
            0,
            true,
            false,
            false,
            Duration.ofSeconds(1),
            1_000,
            Duration.ofSeconds(10)),
        NameResolver.SYSTEM,
        true,
        timer);
  }
}
