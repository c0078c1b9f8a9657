package io.doundo.http.connection;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A service that steps call, with everything that no document may have. Immutable.
 *
 * @param name the name in documents; empty for calls of absolute URLs
 * @param baseUrl without a slash at its end; null for calls of absolute URLs
 * @param headers sent with each request, unless the step sets them
 * @param signingSecret for webhooks, null when there is none
 * @param tls null for the trust of the JVM
 * @param atOnce how many calls run at once; the others wait
 * @param rate how many calls begin in a second; 0 for any number
 * @param allowPrivate whether private and loopback addresses may be called
 * @param trust503 whether a 503 proves that nothing was done
 * @param followRedirects whether GET and HEAD follow redirects, without credentials to another
 *     origin
 * @param settle how long after the deadline of a call its bytes may still arrive
 * @param maxAnswer the largest body of a response in bytes, decompressed
 * @param connectTimeout for the TCP connection
 */
public record Connection(
    String name,
    @Nullable URI baseUrl,
    Credentials credentials,
    Map<String, String> headers,
    @Nullable Secret signingSecret,
    @Nullable SSLContext tls,
    int atOnce,
    double rate,
    boolean allowPrivate,
    boolean trust503,
    boolean followRedirects,
    Duration settle,
    int maxAnswer,
    Duration connectTimeout) {

  /** The largest answer that a connection may allow. */
  public static final int LARGEST_ANSWER = 8 * 1024 * 1024;

  public Connection {
    headers = Map.copyOf(headers);
    if (maxAnswer < 1 || maxAnswer > LARGEST_ANSWER) {
      throw new IllegalArgumentException(
          "connection %s: max-answer must be 1 to %d bytes".formatted(name, LARGEST_ANSWER));
    }
    if (atOnce < 1 || rate < 0) {
      throw new IllegalArgumentException(
          "connection %s: at-once must be at least 1 and rate at least 0".formatted(name));
    }
  }

  /** Whether the scheme, host and port of a URL are those of this connection. */
  public boolean isAt(URI url) {
    return baseUrl != null && isOneOrigin(baseUrl, url);
  }

  /** Whether two URLs have one scheme, host and port. */
  public static boolean isOneOrigin(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  /**
   * For redirects that leave its origin: the same limits, without its credentials, its certificates
   * and its permission to call private addresses.
   */
  public Connection abroad() {
    return new Connection(
        name,
        null,
        new Credentials.None(),
        Map.of(),
        null,
        null,
        atOnce,
        rate,
        false,
        trust503,
        followRedirects,
        settle,
        maxAnswer,
        connectTimeout);
  }

  private static int port(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
  }
}
