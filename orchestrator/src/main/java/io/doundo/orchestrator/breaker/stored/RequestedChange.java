package io.doundo.orchestrator.breaker.stored;

import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.BreakerEvent.Request;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerCommand.Figures;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a record of the control topic asks of a breaker. Stateless. */
public final class RequestedChange {

  private RequestedChange() {}

  /**
   * Reads a request.
   *
   * @param config of the breaker as it is; what the request does not give stays
   */
  public static Request of(BreakerCommand command, BreakerConfig config) {
    return switch (command.verb()) {
      case CONFIGURE -> {
        Figures figures =
            Objects.requireNonNullElseGet(
                command.figures(), () -> new Figures(null, null, null, null));
        yield new Request.Configure(
            new BreakerConfig(
                Objects.requireNonNullElse(figures.faults(), config.faults()),
                duration(figures.windowMs(), config.window()),
                duration(figures.openForMs(), config.openFor()),
                Objects.requireNonNullElse(figures.firstWave(), config.firstWave())));
      }
      case OPEN ->
          new Request.ForceOpen(Objects.requireNonNullElse(command.until(), Instant.EPOCH));
      case RESET -> new Request.Reset();
      case DELETE -> new Request.Delete();
    };
  }

  private static Duration duration(@Nullable Long millis, Duration otherwise) {
    return millis == null ? otherwise : Duration.ofMillis(millis);
  }
}
