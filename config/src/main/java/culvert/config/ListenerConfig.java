package culvert.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A front door. */
public sealed interface ListenerConfig {

  /** What rules and the log call the way by which commands of {@code culvert exec} come in. */
  String EXEC = "exec";

  /** What {@code match: {listener: ...}} and the log call it. */
  String name();

  /** Does what is to be done with its kind. */
  <E extends Exception> void accept(Kinds<E> kinds) throws E;

  /**
   * What is to be done with each kind: a new one leaves no place that tells them apart as it is.
   *
   * @param <E> what may go wrong
   */
  interface Kinds<E extends Exception> {
    void socks(Socks listener) throws E;

    void redirect(Redirect listener) throws E;

    void tunnel(Tunnel listener) throws E;

    void remoteTunnel(RemoteTunnel listener) throws E;
  }

  /**
   * SOCKS 4, 4a and 5 on one port.
   *
   * @param bind where it listens; port 0 takes a free one
   * @param allowFrom the client networks that may use it; never empty
   * @param users RFC 1929 names and passwords; empty: no authentication asked
   */
  record Socks(String name, Endpoint bind, List<Cidr> allowFrom, Map<String, Secret> users)
      implements ListenerConfig {
    public Socks {
      allowFrom = List.copyOf(allowFrom);
      users = Map.copyOf(users);
    }

    @Override
    public <E extends Exception> void accept(Kinds<E> kinds) throws E {
      kinds.socks(this);
    }
  }

  /**
   * Connections that netfilter brings here on their way to somebody else (Linux).
   *
   * @param bind where it listens; port 0 takes a free one
   * @param transparent whether they come by TPROXY, and not by REDIRECT
   * @param systemdSocket whether systemd has the socket, and passes it to Culvert; its port is not
   *     0
   * @param allowFrom the client networks that may use it, not empty; empty: this host's own
   *     addresses, whatever they are when a client comes
   */
  record Redirect(
      String name,
      Endpoint bind,
      boolean transparent,
      boolean systemdSocket,
      Optional<List<Cidr>> allowFrom)
      implements ListenerConfig {
    public Redirect {
      allowFrom = allowFrom.map(List::copyOf);
    }

    /** The names of those among the listeners: of whose clients an address is all that is known. */
    public static Set<String> names(List<ListenerConfig> listeners) {
      return listeners.stream()
          .filter(Redirect.class::isInstance)
          .map(ListenerConfig::name)
          .collect(Collectors.toSet());
    }

    @Override
    public <E extends Exception> void accept(Kinds<E> kinds) throws E {
      kinds.redirect(this);
    }
  }

  /**
   * A fixed tunnel, as with {@code ssh -L}.
   *
   * @param bind where it listens; port 0 takes a free one
   * @param allowFrom the client networks that may use it; never empty
   * @param profile a key of {@link CulvertConfig#profiles}; it has a host
   * @param target where the tunnel leads, as seen from the SSH server
   */
  record Tunnel(
      String name,
      Endpoint bind,
      List<Cidr> allowFrom,
      TunnelProtocol protocol,
      String profile,
      Endpoint target)
      implements ListenerConfig {
    public Tunnel {
      allowFrom = List.copyOf(allowFrom);
    }

    @Override
    public <E extends Exception> void accept(Kinds<E> kinds) throws E {
      kinds.tunnel(this);
    }
  }

  /**
   * A fixed tunnel back, as with {@code ssh -R}.
   *
   * @param bind where it listens on the SSH server; port 0 takes a free one
   * @param profile a key of {@link CulvertConfig#profiles}; it has a host and a fixed user
   * @param target where the tunnel leads, as seen from here
   */
  record RemoteTunnel(
      String name, Endpoint bind, TunnelProtocol protocol, String profile, Endpoint target)
      implements ListenerConfig {

    @Override
    public <E extends Exception> void accept(Kinds<E> kinds) throws E {
      kinds.remoteTunnel(this);
    }
  }
}
