package culvert.filter;

import culvert.config.Action;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import java.util.Optional;

/** The way of a connection. */
public sealed interface Route {

  /** The action as the file words it. */
  Action action();

  /** The same, but that a tunnel that cannot be made does not give way to plaintext. */
  default Route withoutFallback() {
    return this;
  }

  /** How FTP is spoken there; empty: bytes are relayed. */
  default Optional<FtpHandling> ftp() {
    return Optional.empty();
  }

  /**
   * In plaintext, straight to the destination.
   *
   * @param ftp present if the destination's port is one on which FTP data connections follow the
   *     control connection
   */
  record Direct(Optional<FtpHandling> ftp) implements Route {
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
    public Route withoutFallback() {
      return new Tunnel(profile, target, Fallback.NONE);
    }

    @Override
    public Action action() {
      return Action.TUNNEL;
    }
  }

  /** FTP through SSH; components as for {@link Tunnel}. */
  record FtpTunnel(
      String profile, Optional<Endpoint> target, Fallback fallback, FtpHandling handling)
      implements Route {
    @Override
    public Route withoutFallback() {
      return new FtpTunnel(profile, target, Fallback.NONE, handling);
    }

    @Override
    public Optional<FtpHandling> ftp() {
      return Optional.of(handling);
    }

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
