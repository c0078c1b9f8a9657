package io.doundo.bench;

import io.doundo.bench.measure.PeerComparison;
import io.doundo.bench.peer.Peer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The options of {@code doundo bench} that compare the product with other engines. */
final class PeerOptions {

  /** What is measured of the product then. */
  static final List<String> SCENARIOS = List.of("sequential", "undo");

  /** Options that say the contrary. */
  private static final List<String> CONTRADICTORY =
      List.of("--scenario", "--mode", "--compare", "--search", "--freshness", "--waits");

  @Option(
      names = "--peers",
      paramLabel = "PEER",
      split = ",",
      description =
          "Measure the product in mode full and other engines, one after the other, instead:"
              + " restate, zeebe, dbos. Three steps; the third fails and two are undone; latency at"
              + " 50 flows/s. Packages come from the npm and Maven registries at the first run.")
  private List<String> names = List.of();

  @Option(
      names = "--peer-flows",
      paramLabel = "N",
      description = "With --peers: flows per repetition, of peers (default: ${DEFAULT-VALUE}).",
      defaultValue = "6000")
  private int flows;

  @Option(
      names = "--peer-in-flight",
      paramLabel = "N",
      description =
          "With --peers: number of flows in flight, each a connection to the peer (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "256")
  private int inFlight;

  @Option(
      names = "--peer-packages",
      paramLabel = "DIR",
      description =
          "With --peers: where their packages are kept from run to run (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "data/peers")
  private Path packages = Path.of("data/peers");

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** What is wrong with them, in sentences; empty when nothing is. */
  List<String> problems(ParseResult given) {
    List<String> problems = new ArrayList<>();
    for (String name : names) {
      if (Peer.named(name).isEmpty()) {
        problems.add(
            "There is no peer %s; there are %s."
                .formatted(name, String.join(", ", Peer.all().stream().map(Peer::name).toList())));
      }
    }
    if (flows < 1 || inFlight < 1) {
      problems.add("--peer-flows and --peer-in-flight must be at least 1.");
    }
    if (!isEmpty()) {
      CONTRADICTORY.stream()
          .filter(given::hasMatchedOption)
          .map("--peers measures mode full in scenarios of its own, without %s."::formatted)
          .forEach(problems::add);
    }
    return problems;
  }

  /** The peers that are named, each once. */
  List<Peer> known() {
    return names.stream().distinct().map(Peer::named).flatMap(Optional::stream).toList();
  }

  PeerComparison.PeerSizes sizes(boolean quick) {
    return new PeerComparison.PeerSizes(
        Math.max(1, quick ? flows / 3 : flows), inFlight, packages.toAbsolutePath().normalize());
  }
}
