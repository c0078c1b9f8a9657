package io.doundo.orchestrator.app;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The traces of flows.
 *
 * @param endpoint Where spans are posted over OTLP/HTTP, such as http://localhost:4318/v1/traces.
 *     Without it there are no traces.
 * @param headers Sent with every post, such as an authorisation.
 * @param sampled Which part of the flows is traced, 0 to 1; one in ten by default. A flow that
 *     turns back, is parked, times out or is in doubt is traced in any case.
 */
@ConfigurationProperties("doundo.traces")
public record TraceProperties(
    @Nullable String endpoint,
    @DefaultValue Map<String, String> headers,
    @DefaultValue("0.1") double sampled) {

  public TraceProperties {
    if (endpoint != null && !isHttp(endpoint)) {
      throw new IllegalArgumentException(
          "doundo.traces.endpoint must look like http://host:port/v1/traces, but is \""
              + endpoint
              + '"');
    }
    if (!(sampled >= 0 && sampled <= 1)) {
      throw new IllegalArgumentException(
          "doundo.traces.sampled must be between 0 and 1, but is " + sampled);
    }
    headers = Map.copyOf(headers);
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null && String.valueOf(uri.getScheme()).matches("https?");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Without the headers, because settings are logged. */
  @Override
  public String toString() {
    return "TraceProperties[endpoint=" + endpoint + ", sampled=" + sampled + ']';
  }
}
