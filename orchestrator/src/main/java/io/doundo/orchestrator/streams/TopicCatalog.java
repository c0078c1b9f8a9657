package io.doundo.orchestrator.streams;

/**
 * Which topics exist, as far as the control plane knows. Asked before every command is sent, so an
 * answer comes from memory and never blocks; it may be a second old. Safe for any thread.
 */
@FunctionalInterface
public interface TopicCatalog {

  boolean exists(String topic);
}
