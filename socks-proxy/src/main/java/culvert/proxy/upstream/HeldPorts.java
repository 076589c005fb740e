package culvert.proxy.upstream;

import culvert.proxy.door.Client;
import culvert.proxy.owner.SocketOwner;
import java.net.InetAddress;

/** The ports that are not to be reached past a tunnel. Thread-safe. */
public interface HeldPorts {

  /** Whether a port is held against a client. */
  enum Hold {
    FREE,
    /** It depends on who owns the client's socket: look it up and ask again. */
    NEEDS_OWNER,
    /** A tunnelled FTP session may expect its data there: refuse, never connect. */
    HELD
  }

  /** Holds nothing. */
  HeldPorts NONE =
      new HeldPorts() {
        @Override
        public Hold hold(Client client, SocketOwner owner, InetAddress address, int port) {
          return Hold.FREE;
        }

        @Override
        public boolean isHeld(InetAddress address, int port) {
          return false;
        }
      };

  /**
   * Whether the client may be connected directly to an address of what it has asked for, by
   * whatever name.
   *
   * @param owner of the client's socket; not looked up at first
   */
  Hold hold(Client client, SocketOwner owner, InetAddress address, int port);

  /** Whether a tunnelled session's server may listen for data there, whoever asks. */
  boolean isHeld(InetAddress address, int port);
}
