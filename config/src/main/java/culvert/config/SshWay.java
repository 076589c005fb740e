package culvert.config;

/** How the TCP connection to an SSH server comes about. */
public sealed interface SshWay {

  /** From here. */
  record Direct() implements SshWay {}

  /** Through an upstream proxy, to which the server's name goes unresolved. */
  record Proxy(Protocol protocol, Endpoint address) implements SshWay {
    /** What it speaks. */
    public enum Protocol {
      SOCKS5("socks5"),
      /** {@code CONNECT}, RFC 9110 section 9.3.6. */
      HTTP("http");

      private final String scheme;

      Protocol(String scheme) {
        this.scheme = scheme;
      }
    }

    @Override
    public String toString() {
      return protocol.scheme + "://" + address;
    }
  }

  /**
   * Through another SSH server.
   *
   * @param hop it has a host; its own way leads to the hop before it, or to itself if it is the
   *     outermost one
   */
  record Jump(SshProfile hop) implements SshWay {}
}
