package io.doundo.launcher.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the service says of itself and of its workers. Pure. */
public final class ServiceChecks {

  /** An HTTP date has no fractions of a second, and the request takes a while. */
  private static final Duration TOLERATED = Duration.ofSeconds(3);

  private ServiceChecks() {}

  /** Whether it is ready, by its health. */
  public static Finding health(JsonNode health) {
    String status = health.path("status").asString("?");
    JsonNode details = health.at("/components/orchestrator/details");
    List<String> obstacles = new ArrayList<>();
    details.path("notReady").forEach(obstacle -> obstacles.add(obstacle.asString("")));
    if (status.equals("UP")) {
      String engine = details.path("engine").asString("");
      return Finding.good("Service", "ready" + (engine.isEmpty() ? "" : ", engine " + engine));
    }
    return Finding.wrong(
        "Service",
        "not ready: " + (obstacles.isEmpty() ? "status " + status : String.join("; ", obstacles)),
        "look into its log, and into docs/operations.md under \"When something is down\"");
  }

  /** How far the clock of the service is from that of this machine. */
  public static Finding clock(@Nullable Instant service, Instant before, Instant after) {
    return service == null
        ? Finding.skipped("Clock", "the service sends no date", "")
        : compared("Clock", "the service", service, before, after);
  }

  /**
   * How far another clock is from that of this machine.
   *
   * @param whose whose it is
   * @param before by the clock of this machine, when the other one was asked
   * @param after when it had answered
   */
  static Finding compared(String what, String whose, Instant other, Instant before, Instant after) {
    Duration skew =
        other.isBefore(before)
            ? Duration.between(other, before)
            : other.isAfter(after) ? Duration.between(after, other) : Duration.ZERO;
    return skew.compareTo(TOLERATED) <= 0
        ? Finding.good(what, whose + " and this machine agree")
        : Finding.wrong(
            what,
            "%s and this machine differ by %d s".formatted(whose, skew.toSeconds()),
            "deadlines and retries follow the clocks: synchronise them with NTP on every machine");
  }

  /** Which steps nobody serves, by the declarations. */
  public static Finding declared(JsonNode orchestrations) {
    TreeSet<String> unserved = new TreeSet<>();
    int count = 0;
    for (JsonNode one : orchestrations) {
      count++;
      one.path("unservedSteps")
          .forEach(step -> unserved.add(one.path("name").asString("") + '.' + step.asString("")));
    }
    if (count == 0) {
      return Finding.skipped("Workers", "no orchestration is registered", "doundo register FILE");
    }
    return unserved.isEmpty()
        ? Finding.good("Workers", "every step has a declared worker")
        : Finding.doubtful(
            "Workers",
            "no worker has declared " + String.join(", ", unserved),
            "start the worker; a plain worker declares itself with a registration \"as: worker\"");
  }

  /** Which steps have no worker attached now. */
  public static Finding attached(JsonNode workers) {
    TreeSet<String> missing = new TreeSet<>();
    boolean isKnown = true;
    for (JsonNode row : workers.path("workers")) {
      String attached = row.path("attached").asString("");
      isKnown &= !attached.equals("UNKNOWN");
      if (attached.equals("NO")) {
        missing.add(row.path("topic").asString(""));
      }
    }
    if (!missing.isEmpty()) {
      return Finding.wrong(
          "Attached workers",
          "nobody reads " + String.join(", ", missing),
          "start the workers of these topics, and look into their logs");
    }
    return isKnown
        ? Finding.good("Attached workers", "every topic of commands is read")
        : Finding.skipped(
            "Attached workers",
            "the service cannot see who is attached: " + workers.path("note").asString("?"),
            "allow its principal DESCRIBE on consumer groups");
  }
}
