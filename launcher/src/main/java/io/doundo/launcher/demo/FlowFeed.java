package io.doundo.launcher.demo;

import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.protocol.json.Json;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The audit log of one flow as it is written, each entry once. Its own thread reads the service's
 * event stream and reconnects after interruptions, until it is closed.
 */
final class FlowFeed implements AutoCloseable {

  private static final String DATA = "data:";
  private static final long PAUSE_MILLIS = 200;

  private final ServiceClient client;
  private final String path;
  private final BlockingQueue<AuditEntry> entries = new LinkedBlockingQueue<>();
  private final Thread reader;
  private int lastTransition;

  FlowFeed(ServiceClient client, String flowId) {
    this.client = client;
    this.path = "/api/flows/" + ServiceClient.segment(flowId) + "/events";
    this.reader = new Thread(this::read, "feed-" + flowId);
    reader.setDaemon(true);
    reader.start();
  }

  /** The next entry; null when none comes in time. */
  @Nullable AuditEntry next(long millis) throws InterruptedException {
    return entries.poll(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    reader.interrupt();
  }

  private void read() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        readStream();
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      // This is how it is closed.
    }
  }

  private void readStream() {
    try (Stream<String> lines = client.events(path, lastTransition)) {
      Iterator<String> each = lines.filter(line -> line.startsWith(DATA)).iterator();
      while (each.hasNext()) {
        take(Json.MAPPER.readTree(each.next().substring(DATA.length())));
      }
    } catch (CommandFailure | UncheckedIOException e) {
      // A short outage of the service is retried; the caller has its own limit.
    }
  }

  /** One event of the stream is one transition with all its entries. */
  private void take(JsonNode transition) {
    int before = lastTransition;
    for (JsonNode json : transition) {
      AuditEntry entry = AuditEntry.of(json);
      if (entry.transition() > before) {
        lastTransition = entry.transition();
        entries.add(entry);
      }
    }
  }
}
