package culvert.proxy.ftp.data;

import java.net.InetAddress;

/** The ports that tunnelled sessions hold. Thread-safe. */
public interface HeldPorts {

  /** Whether a tunnelled session's server may listen for data there, whoever asks. */
  boolean isHeld(InetAddress address, int port);
}
