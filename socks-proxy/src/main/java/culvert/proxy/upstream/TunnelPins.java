package culvert.proxy.upstream;

import culvert.proxy.door.Client;

/**
 * Remembers which destinations were once tunnelled: for those, an SSH server that cannot be reached
 * is no reason to fall back to plaintext, for anybody on the way can make it so. Any thread may
 * call; nothing blocks.
 */
public interface TunnelPins {

  /** Pins nothing. */
  TunnelPins NONE =
      new TunnelPins() {
        @Override
        public boolean isPinned(String host, int port) {
          return false;
        }

        @Override
        public void tunnelled(String host, int port) {}
      };

  /**
   * Whether a tunnel to the destination has ever stood.
   *
   * @param host as the client named it
   */
  boolean isPinned(String host, int port);

  /** A tunnel to the destination stands. */
  void tunnelled(String host, int port);

  /** For a client's destination: none where it is one as seen from the SSH server. */
  default TunnelPins of(Client client) {
    return client.namesDestination() ? this : NONE;
  }
}
