package io.doundo.http.client;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Looks up the addresses of a host name. Thread-safe; may block. */
@FunctionalInterface
public interface NameResolver {

  /** Looks names up as the JVM does. */
  NameResolver SYSTEM = InetAddress::getAllByName;

  InetAddress[] resolve(String host) throws UnknownHostException;
}
