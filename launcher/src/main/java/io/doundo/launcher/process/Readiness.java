package io.doundo.launcher.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Asks an orchestrator whether it is ready. */
public final class Readiness implements BooleanSupplier {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final HttpRequest request;

  public Readiness(int httpPort) {
    request =
        HttpRequest.newBuilder(
                URI.create("http://localhost:" + httpPort + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(5))
            .build();
  }

  @Override
  public boolean getAsBoolean() {
    try {
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
