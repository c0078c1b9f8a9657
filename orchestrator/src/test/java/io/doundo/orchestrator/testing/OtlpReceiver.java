package io.doundo.orchestrator.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** Receives spans over OTLP and keeps them in memory. */
public final class OtlpReceiver implements AutoCloseable {

  /**
   * A span as it was received.
   *
   * @param parentId empty for the root
   */
  public record ReceivedSpan(
      String traceId,
      String spanId,
      String parentId,
      String name,
      long startNanos,
      long endNanos) {}

  private final HttpServer server;
  private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();
  private volatile int status = 200;

  public OtlpReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/traces", this::receive);
    server.start();
  }

  public String endpoint() {
    return "http://localhost:" + server.getAddress().getPort() + "/v1/traces";
  }

  public List<ReceivedSpan> spans() {
    return List.copyOf(spans);
  }

  /** From now on every export gets this answer; 200 takes the spans. */
  public void answer(int newStatus) {
    status = newStatus;
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      byte[] body =
          zipped
              ? new GZIPInputStream(exchange.getRequestBody()).readAllBytes()
              : exchange.getRequestBody().readAllBytes();
      if (status == 200) {
        // ExportTraceServiceRequest, ResourceSpans, ScopeSpans, Span.
        fields(body, nested(1, nested(2, nested(2, (number, value) -> {}, this::take))));
      }
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private static BiConsumer<Integer, Object> nested(
      int field, BiConsumer<Integer, Object> ignored, Consumer<byte[]> each) {
    return (number, value) -> {
      if (number == field && value instanceof byte[] message) {
        each.accept(message);
      } else {
        ignored.accept(number, value);
      }
    };
  }

  private static BiConsumer<Integer, Object> nested(int field, BiConsumer<Integer, Object> inner) {
    return nested(field, (number, value) -> {}, message -> fields(message, inner));
  }

  private void take(byte[] span) {
    String[] ids = {"", "", "", ""};
    long[] times = {0, 0};
    fields(
        span,
        (number, value) -> {
          switch (number) {
            case 1 -> ids[0] = HexFormat.of().formatHex((byte[]) value);
            case 2 -> ids[1] = HexFormat.of().formatHex((byte[]) value);
            case 4 -> ids[2] = HexFormat.of().formatHex((byte[]) value);
            case 5 -> ids[3] = new String((byte[]) value, StandardCharsets.UTF_8);
            case 7 -> times[0] = (Long) value;
            case 8 -> times[1] = (Long) value;
            default -> {
              // Kind, attributes, events, links, status.
            }
          }
        });
    spans.add(new ReceivedSpan(ids[0], ids[1], ids[2], ids[3], times[0], times[1]));
  }

  /** Reads the fields of a protobuf message: numbers as long, everything else as bytes. */
  private static void fields(byte[] message, BiConsumer<Integer, Object> each) {
    int[] at = {0};
    while (at[0] < message.length) {
      long tag = varint(message, at);
      int number = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case 0 -> each.accept(number, varint(message, at));
        case 1 -> each.accept(number, fixed(message, at, 8));
        case 2 -> {
          int length = (int) varint(message, at);
          byte[] value = Arrays.copyOfRange(message, at[0], at[0] + length);
          at[0] += length;
          each.accept(number, value);
        }
        case 5 -> each.accept(number, fixed(message, at, 4));
        default -> throw new IllegalArgumentException("not protobuf");
      }
    }
  }

  private static long varint(byte[] message, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = message[at[0]++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static long fixed(byte[] message, int[] at, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (message[at[0]++] & 0xffL) << (8 * i);
    }
    return value;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
