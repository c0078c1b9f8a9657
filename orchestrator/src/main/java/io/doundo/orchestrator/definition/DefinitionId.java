package io.doundo.orchestrator.definition;

/**
 * The identity of a definition: its name and a hash of its content. Two registrations with the same
 * content have the same identity, regardless of their author.
 */
public record DefinitionId(String name, String hash) {

  /** The form of the {@code saga-definition} record header: {@code name@hash}. */
  public String header() {
    return name + '@' + hash;
  }

  /** The key of the definition in the compacted topic: {@code name:hash}. */
  public String topicKey() {
    return name + ':' + hash;
  }

  @Override
  public String toString() {
    return header();
  }
}
