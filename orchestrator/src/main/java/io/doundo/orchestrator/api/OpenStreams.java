package io.doundo.orchestrator.api;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * The open event streams with their callers. A stream outlives the check of its request, so it ends
 * when its caller's login does, and before the server stops, which waits for its requests.
 * Thread-safe.
 */
@Component
public final class OpenStreams {

  private static final Logger LOG = LoggerFactory.getLogger(OpenStreams.class);

  private static final String REASON =
      "The login of this stream is no longer valid: it is over, or its key was removed, has expired"
          + " or lost a role. Log in again.";

  private final Set<OpenStream> streams = ConcurrentHashMap.newKeySet();

  /** Why no stream may be open any more; null as long as they may. */
  private volatile @Nullable String over;

  /** One stream; closed when it ends for any reason. */
  public final class OpenStream implements AutoCloseable {

    private final @Nullable Authentication caller;
    private final Consumer<String> end;

    private OpenStream(@Nullable Authentication caller, Consumer<String> end) {
      this.caller = caller;
      this.end = end;
    }

    @Override
    public void close() {
      streams.remove(this);
    }
  }

  /**
   * Adds a stream of the current caller.
   *
   * @param end ends the stream with a reason; may be called by any thread, and more than once
   */
  public OpenStream add(Consumer<String> end) {
    OpenStream stream = new OpenStream(SecurityContextHolder.getContext().getAuthentication(), end);
    streams.add(stream);
    String reason = over;
    if (reason != null) {
      end(stream, reason);
    }
    return stream;
  }

  /** Ends all streams, and from now on each that is added. */
  public void endAll(String reason) {
    over = reason;
    streams.forEach(stream -> end(stream, reason));
  }

  /** Ends the streams whose callers are no longer welcome. */
  public void endUnless(Predicate<@Nullable Authentication> isValid) {
    for (OpenStream stream : streams) {
      if (!isValid.test(stream.caller)) {
        end(stream, REASON);
      }
    }
  }

  private static void end(OpenStream stream, String reason) {
    try {
      stream.end.accept(reason);
    } catch (RuntimeException e) {
      // One stream must not keep the others open.
      LOG.warn("A stream cannot be ended: {}", reason, e);
    }
  }

  int size() {
    return streams.size();
  }
}
