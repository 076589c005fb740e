package culvert.proxy.capture;

import culvert.config.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** The two families of addresses, in nft's words. */
enum IpFamily {
  V4("4", "IPv4", "ipv4", "ip", "ipv4_addr", "net.ipv4.ip_forward"),
  V6("6", "IPv6", "ipv6", "ip6", "ipv6_addr", "net.ipv6.conf.all.forwarding");

  /** As people say it. */
  final String shown;

  /** Ends the names of its sets. */
  final String digit;

  /** For {@code meta nfproto}. */
  final String protocol;

  /** Before {@code daddr}. */
  final String header;

  /** Of addresses, in sets. */
  final String type;

  /** The kernel's setting by which it forwards. */
  final String forwarding;

  IpFamily(
      String digit, String shown, String protocol, String header, String type, String forwarding) {
    this.digit = digit;
    this.shown = shown;
    this.forwarding = forwarding;
    this.protocol = protocol;
    this.header = header;
    this.type = type;
  }

  static IpFamily of(InetAddress address) {
    return address instanceof Inet4Address ? V4 : V6;
  }

  static IpFamily of(byte[] address) {
    return address.length == 4 ? V4 : V6;
  }

  /** Whether one of the networks is of this family. */
  boolean isAmong(List<Cidr> networks) {
    return networks.stream().anyMatch(network -> of(network.address()) == this);
  }

  boolean isIpv6() {
    return this == V6;
  }

  /** The address without its zone, which is no part of what a packet carries. */
  static String text(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }
}
