package io.doundo.orchestrator.api.live;

import java.util.Optional;

/** A source of changes that is asked once a second, by one thread, while somebody listens to it. */
public interface Feed {

  /** The change since it was last asked; empty when there is none, and on the first time. */
  Optional<LiveMessage> next();
}
