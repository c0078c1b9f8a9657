package io.doundo.http;

import io.doundo.http.connection.Connection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of the http worker.
 *
 * @param enabled whether the orchestrator runs the worker in its own process
 * @param bootstrapServers where the worker that runs alone finds Kafka; the orchestrator's worker
 *     uses the orchestrator's
 * @param kafka further properties of the Kafka clients of the worker that runs alone
 * @param group the consumer group, the same for all instances
 * @param allowLoopback whether loopback addresses may be called over every connection; for
 *     development
 * @param concurrency how many commands of one step and action are carried out at once
 * @param maxPending how many commands of one partition are held before it is paused
 * @param fenceRecords how many steps of one partition the fence remembers, at about half a kilobyte
 *     each
 * @param clockTolerance how far the clocks of orchestrators and http workers may be apart: a step
 *     that was first sent less than this after a partition was assigned counts as sent before
 * @param stopTimeout how long a stop waits for running calls
 * @param direct limits for calls of absolute URLs
 * @param connections by name
 */
@ConfigurationProperties("doundo.http")
public record HttpWorkerProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("localhost:9092") String bootstrapServers,
    @DefaultValue Map<String, String> kafka,
    @DefaultValue("doundo-http") String group,
    @DefaultValue("false") boolean allowLoopback,
    @DefaultValue("200") int concurrency,
    @DefaultValue("2000") int maxPending,
    @DefaultValue("80000") int fenceRecords,
    @DefaultValue("10s") Duration clockTolerance,
    @DefaultValue("20s") Duration stopTimeout,
    @DefaultValue ConnectionSettings direct,
    @DefaultValue Map<String, ConnectionSettings> connections) {

  /**
   * One connection.
   *
   * @param baseUrl http or https; required for a named connection
   * @param auth the credentials
   * @param headers sent with each request
   * @param signingSecret for webhooks; {@code whsec_…} or any text, or {@code file:} and a path
   * @param sslBundle the name of a Spring SSL bundle with the trusted and own certificates
   * @param atOnce how many calls run at once
   * @param rate how many calls begin in a second; 0 for any number
   * @param allowPrivate whether private and loopback addresses may be called
   * @param trust503 whether a 503 proves that nothing was done
   * @param followRedirects whether GET and HEAD follow redirects
   * @param settle how long after its deadline a call may still arrive
   * @param maxAnswer the largest response, decompressed; at most 8 MB
   * @param connectTimeout for TCP, and once more for TLS
   */
  public record ConnectionSettings(
      @Nullable URI baseUrl,
      @DefaultValue AuthSettings auth,
      @DefaultValue Map<String, String> headers,
      @Nullable String signingSecret,
      @Nullable String sslBundle,
      @DefaultValue("50") int atOnce,
      @DefaultValue("0") double rate,
      @DefaultValue("false") boolean allowPrivate,
      @DefaultValue("false") boolean trust503,
      @DefaultValue("false") boolean followRedirects,
      @DefaultValue("30s") Duration settle,
      @DefaultValue("256KB") DataSize maxAnswer,
      @DefaultValue("10s") Duration connectTimeout) {

    /** Everything is shown except what is secret. */
    @Override
    public String toString() {
      return "connection to " + baseUrl;
    }

    int maxAnswerBytes() {
      return (int) Math.min(maxAnswer.toBytes(), Connection.LARGEST_ANSWER + 1L);
    }
  }

  /**
   * Credentials; at most one of them. A value that begins with {@code file:} is read from that
   * file.
   */
  public record AuthSettings(
      @Nullable String bearer,
      @Nullable BasicSettings basic,
      @Nullable HeaderSettings header,
      @Nullable Oauth2Settings oauth2) {

    @Override
    public String toString() {
      return "(secret)";
    }
  }

  /** {@code Authorization: Basic …}. */
  public record BasicSettings(String user, String password) {

    @Override
    public String toString() {
      return "(secret)";
    }
  }

  /** A header of any name, such as {@code X-API-Key}. */
  public record HeaderSettings(String name, String value) {

    @Override
    public String toString() {
      return "(secret)";
    }
  }

  /** The client credentials grant of OAuth 2. */
  public record Oauth2Settings(
      URI tokenUrl, String clientId, String clientSecret, @DefaultValue("") String scope) {

    @Override
    public String toString() {
      return "(secret)";
    }
  }
}
