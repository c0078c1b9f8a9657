package io.doundo.http.connection;

import java.net.URI;

/** How requests of a connection prove who sends them. */
public sealed interface Credentials {

  /** Not at all. */
  record None() implements Credentials {}

  /** {@code Authorization: Bearer …}. */
  record Bearer(Secret token) implements Credentials {}

  /** {@code Authorization: Basic …}. */
  record Basic(String user, Secret password) implements Credentials {}

  /** A header of any name. */
  record Header(String name, Secret value) implements Credentials {}

  /** A token that the client fetches with its own credentials and keeps until it expires. */
  record ClientCredentials(URI tokenUrl, String clientId, Secret clientSecret, String scope)
      implements Credentials {}
}
