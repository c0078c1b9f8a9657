package io.doundo.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressGuardTest {

  /** Address, and who may call it: everybody, connections to private services, or nobody. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          93.184.215.14,           everybody
          1.1.1.1,                 everybody
          172.15.255.255,          everybody
          172.32.0.1,              everybody
          11.0.0.1,                everybody
          100.63.255.255,          everybody
          100.128.0.1,             everybody
          192.167.255.255,         everybody
          169.253.255.255,         everybody
          223.255.255.255,         everybody
          2606:2800:21f:cb07::1,   everybody
          2a00:1450:4001:82a::200e, everybody
          64:ff9b::101:101,        everybody
          127.0.0.1,               private
          127.255.255.254,         private
          10.0.0.1,                private
          10.255.255.255,          private
          172.16.0.1,              private
          172.31.255.255,          private
          192.168.1.1,             private
          100.64.0.1,              private
          198.18.0.1,              private
          ::1,                     private
          fc00::1,                 private
          fd12:3456:789a::1,       private
          fec0::1,                 private
          64:ff9b::7f00:1,         private
          64:ff9b::a00:1,          private
          2002:7f00:1::,           private
          2002:a00:1::1,           private
          ::127.0.0.1,             private
          fe80::5efe:10.0.0.1,     nobody
          2a00:1450:0:0:0:5efe:a00:1, private
          2001:0:4136:e378:8000:63bf:80ff:fffe, private
          0.0.0.0,                 nobody
          0.1.2.3,                 nobody
          169.254.169.254,         nobody
          169.254.170.2,           nobody
          64:ff9b::a9fe:a9fe,      nobody
          2002:a9fe:a9fe::1,       nobody
          ::169.254.169.254,       nobody
          fd00:ec2::254,           nobody
          fd20:ce::254,            nobody
          fd20:cf::254,            private
          100.100.100.200,         nobody
          100.100.100.201,         private
          64:ff9b::6464:64c8,      nobody
          fe80::1,                 nobody
          ::,                      nobody
          224.0.0.1,               nobody
          239.255.255.250,         nobody
          ff02::1,                 nobody
          255.255.255.255,         nobody
          240.0.0.1,               nobody
          192.0.2.1,               nobody
          198.51.100.7,            nobody
          203.0.113.9,             nobody
          2001:db8::1,             nobody
          100::1,                  nobody
          192.0.0.192,             nobody
          168.63.129.16,           nobody
          168.63.129.17,           everybody
          64:ff9b::a83f:8110,      nobody
          64:ff9b:1::1,            nobody
          64:ff9b:1:a00::101:101,  nobody
          ::ffff:0:101:101,        everybody
          ::ffff:0:a00:1,          private
          ::ffff:0:a9fe:a9fe,      nobody
          """)
  void whoMayCallAnAddress(String address, String who) throws UnknownHostException {
    InetAddress literal = InetAddress.getByName(address);

    assertThat(refusal(false, literal)).as("public").matches(isNull(who.equals("everybody")));
    assertThat(refusal(true, literal)).as("private").matches(isNull(!who.equals("nobody")));
  }

  private static java.util.function.Predicate<@Nullable String> isNull(boolean is) {
    return refusal -> (refusal == null) == is;
  }

  /** Java turns most of them into IPv4 addresses by itself; not those with a scope. */
  @Test
  void anIpv4AddressInsideAMappedOneIsJudged() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = (byte) 169;
    mapped[13] = (byte) 254;
    mapped[14] = (byte) 169;
    mapped[15] = (byte) 254;
    InetAddress address = Inet6Address.getByAddress("metadata", mapped, 1);

    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(refusal(true, address)).contains("169.254.169.254");
  }

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getAllByName(literal)[0];
  }

  @Test
  void loopbackAloneCanBeAllowed() throws UnknownHostException {
    AddressGuard guard = new AddressGuard(false, true);

    assertThat(guard.refuse(address("127.0.0.1"))).isNull();
    assertThat(guard.refuse(address("::1"))).isNull();
    assertThat(guard.refuse(address("10.0.0.1"))).contains("private");
    assertThat(guard.refuse(address("169.254.169.254"))).contains("link-local");
  }

  private static @Nullable String refusal(boolean allowPrivate, InetAddress address) {
    return new AddressGuard(allowPrivate, false).refuse(address);
  }
}
