package culvert.ssh.mina.channel;

import java.net.SocketAddress;

/** The far end of a channel as the SSH server names it, unresolved. */
final class PeerAddress extends SocketAddress {
  private final String words;

  PeerAddress(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return "ssh:" + words;
  }
}
