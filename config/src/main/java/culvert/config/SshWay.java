package culvert.config;

import java.util.List;
import java.util.Optional;

/**
 * The way to an SSH server.
 *
 * @param proxyJump profiles to go through, outermost first
 * @param proxy the proxy that the first TCP connection goes through; empty: none
 */
public record SshWay(List<String> proxyJump, Optional<ProxyServer> proxy) {

  public SshWay {
    proxyJump = List.copyOf(proxyJump);
  }

  /** An upstream proxy. */
  public record ProxyServer(Protocol protocol, Endpoint address) {
    /** What it speaks. */
    public enum Protocol {
      SOCKS5,
      /** {@code CONNECT}, RFC 9110 section 9.3.6. */
      HTTP
    }
  }
}
