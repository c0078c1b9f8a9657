package io.doundo.http;

import io.doundo.http.HttpWorkerProperties.AuthSettings;
import io.doundo.http.HttpWorkerProperties.ConnectionSettings;
import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Connections;
import io.doundo.http.connection.Credentials;
import io.doundo.http.connection.Secret;
import io.doundo.protocol.http.HttpHeaders;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Turns settings into connections, and names every setting that is wrong. */
final class ConnectionReader {

  private final Function<String, SSLContext> bundles;

  /**
   * Makes a reader.
   *
   * @param bundles the TLS context of an SSL bundle
   */
  ConnectionReader(Function<String, SSLContext> bundles) {
    this.bundles = bundles;
  }

  /**
   * Reads all connections.
   *
   * @throws IllegalArgumentException with the setting and the reason
   */
  Connections read(HttpWorkerProperties properties) {
    Map<String, Connection> byName = new LinkedHashMap<>();
    properties.connections().forEach((name, settings) -> byName.put(name, named(name, settings)));
    return new Connections(byName, connection("", null, properties.direct()));
  }

  private Connection named(String name, ConnectionSettings settings) {
    URI base = settings.baseUrl();
    if (base == null) {
      throw wrong(name, "base-url", "is missing");
    }
    String scheme = String.valueOf(base.getScheme());
    if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
      throw wrong(name, "base-url", "must be an http or https URL");
    }
    if (base.getHost() == null || base.getUserInfo() != null) {
      throw wrong(name, "base-url", "must have a host and no credentials");
    }
    if (base.getRawQuery() != null || base.getRawFragment() != null) {
      throw wrong(name, "base-url", "must have no query and no fragment");
    }
    String text = base.toString();
    return connection(
        name,
        URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text),
        settings);
  }

  private Connection connection(String name, @Nullable URI baseUrl, ConnectionSettings settings) {
    settings
        .headers()
        .forEach(
            (header, value) -> {
              String refusal = HttpHeaders.refuse(header);
              if (refusal == null) {
                refusal = HttpHeaders.refuseValue(value);
              }
              if (refusal != null) {
                throw wrong(name, "headers." + header, refusal);
              }
            });
    String secret = settings.signingSecret();
    String bundle = settings.sslBundle();
    return new Connection(
        name,
        baseUrl,
        credentials(name, settings.auth()),
        settings.headers(),
        secret == null ? null : new Secret(secret),
        bundle == null ? null : bundles.apply(bundle),
        settings.atOnce(),
        settings.rate(),
        settings.allowPrivate(),
        settings.trust503(),
        settings.followRedirects(),
        settings.settle(),
        settings.maxAnswerBytes(),
        settings.connectTimeout());
  }

  private static Credentials credentials(String name, AuthSettings auth) {
    List<Credentials> found = new ArrayList<>();
    if (auth.bearer() != null) {
      found.add(new Credentials.Bearer(new Secret(auth.bearer())));
    }
    if (auth.basic() != null) {
      found.add(new Credentials.Basic(auth.basic().user(), new Secret(auth.basic().password())));
    }
    if (auth.header() != null) {
      found.add(new Credentials.Header(auth.header().name(), new Secret(auth.header().value())));
    }
    if (auth.oauth2() != null) {
      found.add(
          new Credentials.ClientCredentials(
              auth.oauth2().tokenUrl(),
              auth.oauth2().clientId(),
              new Secret(auth.oauth2().clientSecret()),
              auth.oauth2().scope()));
    }
    if (found.size() > 1) {
      throw wrong(name, "auth", "must have only one of bearer, basic, header and oauth2");
    }
    return found.isEmpty() ? new Credentials.None() : found.get(0);
  }

  private static IllegalArgumentException wrong(String name, String setting, String reason) {
    String place = name.isEmpty() ? "doundo.http.direct" : "doundo.http.connections." + name;
    return new IllegalArgumentException(place + "." + setting + " " + reason);
  }
}
