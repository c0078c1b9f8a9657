package io.doundo.launcher.fill;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Which flows there are: the number of a flow and the seed decide everything about it. Immutable
 * and pure.
 *
 * @param flows how many
 */
record FillPlan(long seed, int flows) {

  private static final int CUSTOMERS = 5_000;

  /** The first flows have ids that a careless page or shell would stumble on. */
  private static final List<String> HOSTILE_IDS =
      List.of(
          "<img src=x onerror=alert(1)>", "$(touch pwned)'\"", "\u202Egnp.exe", "a/b//c", "--help");

  private static final List<String> ERRORS =
      List.of(
          "HTTP 503 from stock-db",
          "connection refused: mail-%d.internal:25",
          "customer c-%d has no address",
          "SQLState 40001: could not serialize access, transaction %d",
          "java.net.SocketTimeoutException: Read timed out after %d ms",
          "no carrier for ZIP %d");

  private static final List<String> HOSTILE_ERRORS =
      List.of(
          "<script>alert('%d')</script><b onmouseover=alert(1)>hover</b>",
          "\u202Etxet desrever\u202C and a NUL \u0000 and a bell \u0007 %d",
          "%d " + "one long line without an end ".repeat(350),
          "=HYPERLINK(\"http://example.com/%d\")");

  /** One flow. */
  record PlannedFlow(String flowId, Fate fate, RawJson payload, String error) {}

  /** The flow of a number, from 0. */
  PlannedFlow flow(int number) {
    Random random = new Random(seed * 1_000_003 + number);
    // The first bits of neighbouring seeds resemble each other.
    random.setSeed(random.nextLong());
    Fate fate = Fate.at(random.nextInt(Fate.WEIGHTS));
    String id = prefix() + number;
    if (number < HOSTILE_IDS.size()) {
      id = HOSTILE_IDS.get(number) + ' ' + id;
    }
    int customer = random.nextInt(CUSTOMERS);
    RawJson payload =
        Json.of(
            Json.MAPPER
                .createObjectNode()
                .put("customer", "c-" + customer)
                .put("amount", random.nextInt(100_000) / 100.0)
                .put("number", number));
    return new PlannedFlow(id, fate, payload, error(random));
  }

  private static String error(Random random) {
    List<String> kinds = random.nextInt(50) == 0 ? HOSTILE_ERRORS : ERRORS;
    return kinds
        .get(Math.min(random.nextInt(kinds.size()), random.nextInt(kinds.size())))
        .replace("%d", Integer.toString(random.nextInt(90_000) + 10_000));
  }

  private String prefix() {
    return "fill-" + seed + '-';
  }

  /** The number of a flow by its id; empty when it is none of this plan. */
  OptionalInt numberOf(@Nullable String flowId) {
    int at = flowId == null ? -1 : flowId.lastIndexOf(prefix());
    if (flowId == null || at < 0) {
      return OptionalInt.empty();
    }
    String number = flowId.substring(at + prefix().length());
    return number.matches("\\d{1,9}") && Integer.parseInt(number) < flows
        ? OptionalInt.of(Integer.parseInt(number))
        : OptionalInt.empty();
  }
}
