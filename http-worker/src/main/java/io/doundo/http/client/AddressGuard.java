package io.doundo.http.client;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses may be called. Addresses that lead back into the network in which the worker runs
 * are private; link-local ones, where clouds keep the credentials of machines, are refused to
 * everybody. An IPv6 address that contains an IPv4 address is judged by both. Thread-safe.
 */
public final class AddressGuard {

  private static final class Range {
    private final byte[] prefix;
    private final int bits;
    private final boolean isPrivate;
    private final String name;

    Range(byte[] prefix, int bits, boolean isPrivate, String name) {
      this.prefix = prefix;
      this.bits = bits;
      this.isPrivate = isPrivate;
      this.name = name;
    }

    boolean holds(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      int whole = bits / 8;
      if (!Arrays.equals(address, 0, whole, prefix, 0, whole)) {
        return false;
      }
      int rest = bits % 8;
      int mask = 0xFF << (8 - rest) & 0xFF;
      return rest == 0 || (address[whole] & mask) == (prefix[whole] & mask);
    }
  }

  private static final Range[] RANGES = {
    refused("0.0.0.0/8", "this network"),
    inside("10.0.0.0/8", "private"),
    refused("100.100.100.200/32", "where a cloud keeps credentials"),
    inside("100.64.0.0/10", "shared with a provider"),
    inside("127.0.0.0/8", "loopback"),
    refused("168.63.129.16/32", "where a cloud keeps the settings of machines"),
    refused("169.254.0.0/16", "link-local, where clouds keep credentials"),
    inside("172.16.0.0/12", "private"),
    refused("192.0.0.0/24", "reserved"),
    refused("192.0.2.0/24", "for documentation"),
    refused("192.88.99.0/24", "reserved"),
    inside("192.168.0.0/16", "private"),
    inside("198.18.0.0/15", "for benchmarks of networks"),
    refused("198.51.100.0/24", "for documentation"),
    refused("203.0.113.0/24", "for documentation"),
    refused("224.0.0.0/4", "multicast"),
    refused("240.0.0.0/4", "reserved"),
    refused("::/128", "unspecified"),
    inside("::1/128", "loopback"),
    refused("64:ff9b:1::/48", "translated inside a network"),
    refused("100::/64", "discarded"),
    refused("2001:db8::/32", "for documentation"),
    refused("3fff::/20", "for documentation"),
    refused("5f00::/16", "reserved"),
    refused("fd00:ec2::/32", "where a cloud keeps credentials"),
    refused("fd20:ce::/32", "where a cloud keeps credentials"),
    inside("fc00::/7", "private"),
    refused("fe80::/10", "link-local"),
    inside("fec0::/10", "private"),
    refused("ff00::/8", "multicast"),
  };

  private final boolean allowPrivate;
  private final boolean allowLoopback;

  /**
   * Makes a guard.
   *
   * @param allowPrivate whether private and loopback addresses are allowed
   * @param allowLoopback whether loopback addresses are allowed
   */
  public AddressGuard(boolean allowPrivate, boolean allowLoopback) {
    this.allowPrivate = allowPrivate;
    this.allowLoopback = allowLoopback;
  }

  /** Why the address must not be called, or null when it may be. */
  public @Nullable String refuse(InetAddress address) {
    String own = refuse(address.getAddress());
    if (own != null || !(address instanceof Inet6Address)) {
      return own;
    }
    byte[] inner = embedded(address.getAddress());
    return inner == null ? null : refuse(inner);
  }

  private @Nullable String refuse(byte[] address) {
    for (Range range : RANGES) {
      if (range.holds(address) && !isAllowed(range)) {
        return "its address " + text(address) + " is " + range.name;
      }
    }
    return null;
  }

  private boolean isAllowed(Range range) {
    return range.isPrivate && (allowPrivate || (allowLoopback && range.name.equals("loopback")));
  }

  /** The IPv4 address in a mapped, compatible, translated, 6to4, Teredo or ISATAP address. */
  private static byte @Nullable [] embedded(byte[] address) {
    if (isZero(address, 0, 10) && (isZero(address, 10, 12) || isOnes(address, 10))) {
      return isZero(address, 12, 15) && address[15] <= 1 && address[15] >= 0
          ? null
          : Arrays.copyOfRange(address, 12, 16);
    }
    boolean isStateless = isZero(address, 0, 8) && isOnes(address, 8) && isZero(address, 10, 12);
    if (isStateless || startsWith(address, 0x00, 0x64, 0xff, 0x9b)) {
      return Arrays.copyOfRange(address, 12, 16);
    }
    if (startsWith(address, 0x20, 0x02)) {
      return Arrays.copyOfRange(address, 2, 6);
    }
    if (startsWith(address, 0x20, 0x01, 0x00, 0x00)) {
      byte[] inner = Arrays.copyOfRange(address, 12, 16);
      for (int i = 0; i < inner.length; i++) {
        inner[i] = (byte) ~inner[i];
      }
      return inner;
    }
    boolean isatap =
        (address[8] & ~0x02) == 0
            && address[9] == 0
            && address[10] == 0x5e
            && (address[11] & 0xFF) == 0xfe;
    return isatap ? Arrays.copyOfRange(address, 12, 16) : null;
  }

  private static boolean isZero(byte[] address, int from, int to) {
    for (int i = from; i < to; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOnes(byte[] address, int at) {
    return (address[at] & 0xFF) == 0xFF && (address[at + 1] & 0xFF) == 0xFF;
  }

  private static boolean startsWith(byte[] address, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if ((address[i] & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private static Range refused(String range, String name) {
    return range(range, false, name);
  }

  private static Range inside(String range, String name) {
    return range(range, true, name);
  }

  private static Range range(String range, boolean isPrivate, String name) {
    int slash = range.indexOf('/');
    return new Range(
        literal(range.substring(0, slash)),
        Integer.parseInt(range.substring(slash + 1)),
        isPrivate,
        name);
  }

  private static byte[] literal(String address) {
    try {
      // It is a literal, and no name is looked up.
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("not an address: " + address, e);
    }
  }

  private static String text(byte[] address) {
    try {
      InetAddress named = InetAddress.getByAddress(address);
      return named instanceof Inet4Address
          ? named.getHostAddress()
          : '[' + named.getHostAddress() + ']';
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
