package io.doundo.bench.measure;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Everything that looks at a service in production: a receiver of its traces, a scraper of its
 * meters every 15 seconds, and one open console, with its stream and the requests of the overview
 * and of the list of flows every two seconds. In the process of the driver, whose CPU time does not
 * count.
 */
final class Observers implements AutoCloseable {

  private static final String STREAM = "/api/stream?topics=stats,flows:";
  private static final List<String> PAGES =
      List.of(
          "/api/stats?window=1h",
          "/api/incidents",
          "/api/flows?limit=50&count=true&facets=status,orchestration,step,fingerprint");
  private static final String METERS = "/actuator/prometheus";
  private static final int SCRAPED_EVERY = 8;
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final HttpServer receiver;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "observer");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicLong traces = new AtomicLong();
  private final AtomicLong answers = new AtomicLong();
  private volatile boolean closed;

  /** The receiver alone; nothing is asked yet. */
  Observers() {
    try {
      receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    receiver.createContext(
        "/v1/traces",
        exchange -> {
          traces.addAndGet(exchange.getRequestBody().readAllBytes().length);
          exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.start();
  }

  /** The setting with which an orchestrator posts its traces here. */
  String tracesSetting() {
    return "--doundo.traces.endpoint=http://localhost:%d/v1/traces"
        .formatted(receiver.getAddress().getPort());
  }

  /** From now on a console is open. */
  void watch(URI service) {
    threads.execute(() -> follow(service));
    threads.execute(() -> ask(service));
  }

  /** Bytes of traces, and answers to a console, so far. */
  String seen() {
    return "%,d bytes of traces, %,d answers to the console".formatted(traces.get(), answers.get());
  }

  /** Fails when something that should cost has cost nothing. */
  void requireBusy() {
    if (traces.get() == 0 || answers.get() == 0) {
      throw new IllegalStateException("nothing was observed: " + seen());
    }
  }

  private void follow(URI service) {
    try (Stream<String> lines =
        http.send(HttpRequest.newBuilder(service.resolve(STREAM)).build(), BodyHandlers.ofLines())
            .body()) {
      lines.takeWhile(line -> !closed).forEach(line -> answers.incrementAndGet());
    } catch (IOException | UncheckedIOException e) {
      // The service has ended, as it does at the end of a run.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask(URI service) {
    try {
      for (int round = 0; !closed; round++) {
        for (String page : PAGES) {
          get(service, page);
        }
        if (round % SCRAPED_EVERY == 0) {
          get(service, METERS);
        }
        Thread.sleep(INTERVAL.toMillis());
      }
    } catch (IOException e) {
      // The service has ended, as it does at the end of a run.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void get(URI service, String path) throws IOException, InterruptedException {
    int status =
        http.send(HttpRequest.newBuilder(service.resolve(path)).build(), BodyHandlers.discarding())
            .statusCode();
    if (status == 200) {
      answers.incrementAndGet();
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
    receiver.stop(0);
  }
}
