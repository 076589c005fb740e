package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.Endpoint;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** What capture depends on of the host that it is on. Blocks; thread-safe. */
public interface CaptureHost {

  /** The number of the user that this process runs as. */
  long ownUser() throws IOException;

  /** The number of the user with that name or number; empty: nobody is called that. */
  OptionalLong user(String nameOrNumber);

  /**
   * What the names in the section stand for.
   *
   * @param own the number of the user that Culvert runs as
   */
  CaptureScope.Found look(CaptureConfig config, long own);

  /** Whether a name or address is one of this host's own. */
  boolean isThisHost(String nameOrAddress);

  /** Whether this process may change the rules of netfilter. */
  boolean mayChangeRules();

  /** Whether this process may listen below {@link #firstPortOfEverybody}. */
  boolean mayTakeLowPorts();

  /** Below this port only those can listen who may. */
  int firstPortOfEverybody();

  /** Whether a socket of root's, as systemd opens them, listens there. */
  boolean isHeldByRoot(Endpoint address);

  /** Whether this host forwards packets of others. */
  boolean forwards(boolean ipv6);

  /** Empty: it is not installed. */
  Optional<Nft> nft();

  /** Empty: the program ip is not installed. */
  Optional<LocalRoute> localRoute();
}
