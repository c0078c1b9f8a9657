package io.doundo.orchestrator.app.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.doundo.orchestrator.testing.FreePorts;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The three carriers of the lead example over real HTTP, each with its own API, and one that is
 * down until it is started. Their ledger has everything that they did, by idempotency key.
 * Thread-safe.
 */
final class LeadCarriers implements AutoCloseable {

  enum Carrier {
    /** Finds a lead by the key of the request that created it; a repeated request creates two. */
    ALPHA,
    /** Answers a repeated key as it answered the first. */
    BRAVO,
    /** Its leads have the identifiers of its clients. */
    CHARLIE,
    /** Like charlie, and down until it is started. */
    DELTA
  }

  /** What a carrier does about one request that creates a lead; then it works as usual. */
  enum Fault {
    DECLINES,
    IS_BUSY,
    LOSES_THE_ANSWER,
    LOSES_THE_REQUEST
  }

  enum Deed {
    CREATED,
    /** The same lead again, which changed nothing. */
    REPEATED,
    DELETED,
    HAD_NOTHING_TO_DELETE,
    FOUND,
    FOUND_NOTHING,
    REFUSED
  }

  /**
   * Something that a carrier did.
   *
   * @param key the idempotency key of the request; of {@code FOUND} the key that was asked for
   * @param lead the client's name of the lead; empty when nobody knows
   * @param id the carrier's name of it
   */
  record Entry(Carrier carrier, Deed deed, String key, String lead, String id, long nanos) {}

  /** A lead that a carrier has. */
  private record Lead(String id, String reference, String key) {}

  private record Target(Carrier carrier, String lead) {}

  static final String RETRY_AFTER_SECONDS = "1";

  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private final Map<Carrier, Integer> ports = new ConcurrentHashMap<>();
  private final Map<Carrier, List<Lead>> leads = new EnumMap<>(Carrier.class);
  private final Map<Target, Fault> faults = new ConcurrentHashMap<>();
  private final List<Entry> ledger = new ArrayList<>();
  private final Set<String> shown = ConcurrentHashMap.newKeySet();

  /** Keeps the port of the carrier that is down: bound, but without a listener, it refuses. */
  private final Socket down = new Socket();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger held = new AtomicInteger();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private int count;

  LeadCarriers() throws IOException {
    for (Carrier carrier : Carrier.values()) {
      leads.put(carrier, new ArrayList<>());
    }
    for (Carrier carrier : List.of(Carrier.ALPHA, Carrier.BRAVO, Carrier.CHARLIE)) {
      listen(carrier, 0);
    }
    ports.put(Carrier.DELTA, FreePorts.find(1).get(0));
    down.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(Carrier.DELTA)));
  }

  /** The address to configure. */
  String baseUrl(Carrier carrier) {
    return "http://127.0.0.1:" + port(carrier);
  }

  /** Starts the carrier that was down. */
  void startDelta() throws IOException {
    down.close();
    listen(Carrier.DELTA, port(Carrier.DELTA));
  }

  private int port(Carrier carrier) {
    return Objects.requireNonNull(ports.get(carrier));
  }

  private List<Lead> leadsOf(Carrier carrier) {
    return Objects.requireNonNull(leads.get(carrier));
  }

  private void listen(Carrier carrier, int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", exchange -> serve(carrier, exchange));
    server.start();
    servers.add(server);
    ports.put(carrier, server.getAddress().getPort());
  }

  /** The next request that creates this lead fails in this way. */
  void fail(Carrier carrier, String lead, Fault fault) {
    faults.put(new Target(carrier, lead), fault);
  }

  /**
   * From now on, requests that create a lead are held until {@link #release}: of half of the leads
   * before anything is done, of the others before the answer.
   */
  void hold() {
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  /** How many requests are held. */
  int held() {
    return held.get();
  }

  private void pass() {
    held.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      held.decrementAndGet();
    }
  }

  /** Whether requests came with these credentials. */
  boolean wereShown(String credentials) {
    return shown.contains("Bearer " + credentials);
  }

  /** How often a carrier did something of this kind. */
  synchronized long count(Carrier carrier, Deed deed) {
    return ledger.stream()
        .filter(entry -> entry.carrier() == carrier && entry.deed() == deed)
        .count();
  }

  /** What was done about a lead, in its order. */
  synchronized List<Entry> ledgerOf(Carrier carrier, String lead) {
    return ledger.stream()
        .filter(entry -> entry.carrier() == carrier && entry.lead().equals(lead))
        .toList();
  }

  /** The ids of the leads that a carrier has under the client's name. */
  synchronized List<String> standing(Carrier carrier, String lead) {
    return leadsOf(carrier).stream()
        .filter(known -> known.reference().equals(lead))
        .map(Lead::id)
        .toList();
  }

  private void serve(Carrier carrier, HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String path = exchange.getRequestURI().getPath();
    String last = path.substring(path.lastIndexOf('/') + 1);
    String key = header(exchange, "Idempotency-Key");
    shown.add(header(exchange, "Authorization"));
    switch (exchange.getRequestMethod()) {
      case "GET" -> find(carrier, exchange);
      case "DELETE" -> delete(carrier, exchange, key, last);
      case "PUT" -> create(carrier, exchange, key, last);
      case "POST" ->
          create(carrier, exchange, key, Json.MAPPER.readTree(body).path("reference").asString(""));
      default -> answer(exchange, 405, "");
    }
  }

  private void create(Carrier carrier, HttpExchange exchange, String key, String reference)
      throws IOException {
    Fault fault = faults.remove(new Target(carrier, reference));
    if (fault == Fault.DECLINES) {
      write(carrier, Deed.REFUSED, key, reference, "");
      answer(exchange, 422, "{\"error\":\"not in our area\"}");
    } else if (!header(exchange, "If-None-Match").isEmpty() && has(carrier, reference)) {
      write(carrier, Deed.REFUSED, key, reference, "");
      answer(exchange, 412, "");
    } else if (fault == Fault.IS_BUSY) {
      write(carrier, Deed.REFUSED, key, reference, "");
      exchange.getResponseHeaders().add("Retry-After", RETRY_AFTER_SECONDS);
      answer(exchange, 429, "");
    } else if (fault == Fault.LOSES_THE_REQUEST) {
      write(carrier, Deed.REFUSED, key, reference, "");
      exchange.close();
    } else {
      boolean before = reference.hashCode() % 2 == 0;
      if (before) {
        pass();
      }
      String id = created(carrier, key, reference);
      if (!before) {
        pass();
      }
      if (fault == Fault.LOSES_THE_ANSWER) {
        exchange.close();
      } else {
        answer(
            exchange,
            201,
            carrier == Carrier.BRAVO
                ? "{\"data\":{\"id\":\"%s\"}}".formatted(id)
                : "{\"id\":\"%s\"}".formatted(id));
      }
    }
  }

  private synchronized String created(Carrier carrier, String key, String reference) {
    @Nullable String known =
        switch (carrier) {
          case ALPHA -> null;
          case BRAVO -> idOf(carrier, lead -> lead.key().equals(key));
          case CHARLIE, DELTA -> idOf(carrier, lead -> lead.id().equals(reference));
        };
    if (known != null) {
      write(carrier, Deed.REPEATED, key, reference, known);
      return known;
    }
    boolean named = carrier == Carrier.CHARLIE || carrier == Carrier.DELTA;
    String id = named ? reference : carrier + "-" + ++count;
    leadsOf(carrier).add(new Lead(id, reference, key));
    write(carrier, Deed.CREATED, key, reference, id);
    return id;
  }

  private synchronized boolean has(Carrier carrier, String reference) {
    return idOf(carrier, lead -> lead.reference().equals(reference)) != null;
  }

  private @Nullable String idOf(Carrier carrier, Predicate<Lead> which) {
    return leadsOf(carrier).stream().filter(which).map(Lead::id).findFirst().orElse(null);
  }

  private void find(Carrier carrier, HttpExchange exchange) throws IOException {
    String key = exchange.getRequestURI().getQuery().substring("key=".length());
    String found;
    synchronized (this) {
      Lead lead =
          leadsOf(carrier).stream()
              .filter(known -> known.key().equals(key))
              .findFirst()
              .orElse(null);
      write(
          carrier,
          lead == null ? Deed.FOUND_NOTHING : Deed.FOUND,
          key,
          lead == null ? "" : lead.reference(),
          lead == null ? "" : lead.id());
      found = lead == null ? "[]" : "[{\"id\":\"%s\"}]".formatted(lead.id());
    }
    answer(exchange, 200, found);
  }

  private void delete(Carrier carrier, HttpExchange exchange, String key, String name)
      throws IOException {
    boolean byReference = exchange.getRequestURI().getPath().contains("/by-reference/");
    Lead gone;
    synchronized (this) {
      gone =
          leadsOf(carrier).stream()
              .filter(lead -> name.equals(byReference ? lead.reference() : lead.id()))
              .findFirst()
              .orElse(null);
      if (gone != null) {
        leadsOf(carrier).remove(gone);
      }
      write(
          carrier,
          gone == null ? Deed.HAD_NOTHING_TO_DELETE : Deed.DELETED,
          key,
          gone == null ? name : gone.reference(),
          gone == null ? "" : gone.id());
    }
    answer(exchange, gone == null ? 404 : 204, "");
  }

  private synchronized void write(Carrier carrier, Deed deed, String key, String lead, String id) {
    ledger.add(new Entry(carrier, deed, key, lead, id, System.nanoTime()));
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
    try {
      down.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
