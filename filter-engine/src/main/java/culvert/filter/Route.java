package culvert.filter;

import culvert.config.Action;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import java.util.Optional;

/** The way of a connection. */
public sealed interface Route {

  /** The action as the file words it. */
  Action action();

  /**
   * In plaintext, straight to the destination.
   *
   * @param ftp whether the destination's port is one on which FTP data connections follow the
   *     control connection
   */
  record Direct(boolean ftp) implements Route {
    @Override
    public Action action() {
      return Action.DIRECT;
    }
  }

  /**
   * Any TCP connection through SSH.
   *
   * @param profile a key of the configuration's profiles
   * @param target where the tunnel leads; empty: the requested host and port
   */
  record Tunnel(String profile, Optional<Endpoint> target, Fallback fallback) implements Route {
    @Override
    public Action action() {
      return Action.TUNNEL;
    }
  }

  /** FTP through SSH; components as for {@link Tunnel}. */
  record FtpTunnel(String profile, Optional<Endpoint> target, Fallback fallback) implements Route {
    @Override
    public Action action() {
      return Action.FTP_TUNNEL;
    }
  }

  /** Refused. */
  record Block() implements Route {
    @Override
    public Action action() {
      return Action.BLOCK;
    }
  }
}
