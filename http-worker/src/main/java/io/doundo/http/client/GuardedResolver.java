package io.doundo.http.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Looks a name up once for each connection, and hands out only what may be called: the client
 * connects to exactly these addresses, so that a name cannot mean another address a moment later.
 * If one address of a name is refused, all are. Thread-safe.
 */
final class GuardedResolver implements DnsResolver {

  private final NameResolver names;
  private final AddressGuard guard;

  GuardedResolver(NameResolver names, AddressGuard guard) {
    this.names = names;
    this.guard = guard;
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = names.resolve(host);
    for (InetAddress address : addresses) {
      String refusal = guard.refuse(address);
      if (refusal != null) {
        throw new RefusedAddressException("the host " + host + " is refused: " + refusal);
      }
    }
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return resolve(host)[0].getCanonicalHostName();
  }
}
