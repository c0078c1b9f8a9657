package io.doundo.orchestrator.api.hook;

import java.util.List;

/** The secrets of webhooks, which stand in the settings only. Thread-safe. */
@FunctionalInterface
public interface HookSecrets {

  /** The secrets of a name, of which each is accepted; empty when the settings have none. */
  List<String> find(String name);
}
