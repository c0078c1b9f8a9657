package io.doundo.bench.peer;

/**
 * Zeebe: not started, and the report says why. Its broker comes under a licence of its vendor that
 * is no open-source licence, which a person has to accept and this command does not.
 */
final class Zeebe implements Peer {

  @Override
  public String name() {
    return "zeebe";
  }

  @Override
  public PeerPromises promises() {
    return new PeerPromises("", "");
  }

  @Override
  public void start(PeerRun run) throws PeerUnavailableException {
    throw new PeerUnavailableException(
        "Zeebe's broker (io.camunda:camunda-zeebe) comes under its vendor's own licence, which is no"
            + " open-source licence: this command neither downloads nor starts it.");
  }
}
