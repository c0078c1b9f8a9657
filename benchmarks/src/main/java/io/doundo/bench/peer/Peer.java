package io.doundo.bench.peer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Another engine that runs the same saga: three steps that pass on the payload, and an undo of
 * each. Stateless.
 */
public interface Peer {

  /** As it is called on the command line. */
  String name();

  /** What it guarantees of a saga as it is measured, and what it does not. */
  PeerPromises promises();

  /**
   * Starts all of its processes, on free ports and with its data in the directory of the run.
   * Returns when it accepts flows. The caller closes the run, also when this throws.
   *
   * @throws PeerUnavailableException when something is missing that a person has to install
   * @throws IOException when it was there, but did not start
   */
  void start(PeerRun run) throws IOException, InterruptedException, PeerUnavailableException;

  /**
   * What stands beside the figures of a system.
   *
   * @param kept what it guarantees
   * @param left what it leaves to the author of the saga, or does not guarantee
   */
  record PeerPromises(String kept, String left) {}

  /** All that are known. */
  static List<Peer> all() {
    return List.of(new Restate(), new Zeebe(), new Dbos());
  }

  static Optional<Peer> named(String name) {
    return all().stream().filter(peer -> peer.name().equals(name)).findFirst();
  }
}
