package culvert.proxy.ftp.passive;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.config.AuthMethod;
import culvert.config.SshUser;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.TestProfiles;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.ftp.passive.DataClaims.Claim;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.HeldPorts;
import culvert.proxy.upstream.HeldPorts.Hold;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table of expected data connections with a clock, and clients that ask it. */
final class TableFixture {
  static final String HOST = "ftp.example";
  static final InetAddress ADDRESS = address("192.0.2.1");
  static final SocketOwner UNKNOWN = new SocketOwner.Unknown();
  static final SocketOwner NOT_LOOKED_UP = new SocketOwner.NotLookedUp();

  long now = 5;
  final ExpectedDataConnections table =
      new ExpectedDataConnections(port -> port == 8021, () -> now);

  /** Who was taken by whom. */
  final List<String> taken = new ArrayList<>();

  /** Open clients that were taken. */
  final List<EmbeddedChannel> open = new ArrayList<>();

  /** A session's part of the table, and how many passive commands it has had. */
  final class Session {
    final String name;
    final Announcements part;
    int requests;

    private Session(String name, Announcements part) {
      this.name = name;
      this.part = part;
    }

    /** The client sends PASV. */
    Session pasv() {
      part.awaitData(++requests);
      return this;
    }

    /** The server answers it. */
    int announces(int port) {
      return announces(requests, port);
    }

    int announces(int request, int port) {
      return part.expect(request, port, (client, recorder) -> take(client, name + " " + port));
    }

    /** A transfer has had its final reply. */
    Session transferred() {
      part.settled(requests);
      return this;
    }
  }

  /** Whose session, with which server, on which way. */
  record Of(
      String name, String client, Optional<String> user, Future<SocketOwner> owner, Upstream way) {
    static Of client(String name) {
      return new Of(name, "10.1.1.1", Optional.empty(), knownOwner(UNKNOWN), tunnel("gate"));
    }

    Of from(String other) {
      return new Of(name, other, user, owner, way);
    }

    Of user(String other) {
      return new Of(name, client, Optional.of(other), owner, way);
    }

    Of ownedBy(Future<SocketOwner> other) {
      return new Of(name, client, user, other, way);
    }

    Of ownedBy(long uid) {
      return ownedBy(knownOwner(new SocketOwner.Known(uid, 77)));
    }

    Of by(Upstream other) {
      return new Of(name, client, user, owner, other);
    }
  }

  Session open(Of of) {
    return open(of, HOST, 21);
  }

  Session open(Of of, String host, int controlPort) {
    Announcements part =
        table.open(
            new SessionClient("door", address(of.client()), of.user(), of.owner(), false),
            of.way(),
            Set.of(controlPort),
            port -> (client, recorder) -> take(client, of.name() + " at " + port));
    part.knownAs(host);
    if (host.equals(HOST)) {
      part.knownAs(ADDRESS);
    }
    return new Session(of.name(), part);
  }

  /** A tunnelled session of a client from another host, whose owner nobody can tell. */
  Session open(String name) {
    return open(Of.client(name));
  }

  private void take(Client client, String by) {
    client.accept();
    taken.add(by);
  }

  static Future<SocketOwner> knownOwner(SocketOwner owner) {
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(owner);
  }

  static Upstream tunnel(String gate) {
    SshServer server =
        new SshServer(TestProfiles.profile(new SshUser.Fixed("u"), AuthMethod.PUBLICKEY), gate);
    return new Upstream.Tunnelled(mock(SshSession.class), HOST, server, "u");
  }

  static Upstream plain(String address) {
    return new Upstream.Plain(
        mock(DirectConnector.class), address(address), HeldPorts.NONE, Optional.empty());
  }

  static InetAddress address(String literal) {
    return NetUtil.createInetAddressFromIpAddressString(literal);
  }

  Claim claim(String host, int port) {
    return claim("10.1.1.1", Optional.empty(), host, port, NOT_LOOKED_UP);
  }

  Claim claim(String from, Optional<String> user, String host, int port, SocketOwner owner) {
    EmbeddedChannel channel = new EmbeddedChannel();
    Client client = client(from, user, host, port, channel);
    Claim claim = table.claim(client, owner, mock(ConnectionRecorder.class));
    if (claim == Claim.TAKEN) {
      open.add(channel);
    }
    return claim;
  }

  Hold hold(String from, SocketOwner owner, InetAddress address, int port) {
    Client client = client(from, Optional.empty(), "alias.example", port, new EmbeddedChannel());
    return table.hold(client, owner, address, port);
  }

  Hold hold(InetAddress address, int port) {
    return hold("10.1.1.1", NOT_LOOKED_UP, address, port);
  }

  static Client client(
      String from, Optional<String> user, String host, int port, EmbeddedChannel channel) {
    InetAddress literal = address(host);
    Client client = mock(Client.class);
    DuplexChannel socket = mock(DuplexChannel.class);
    when(socket.closeFuture()).thenReturn(channel.closeFuture());
    when(client.channel()).thenReturn(socket);
    when(client.address()).thenReturn(new InetSocketAddress(address(from), 4000));
    when(client.user()).thenReturn(user);
    when(client.forwardedBy()).thenReturn(Optional.empty());
    when(client.request())
        .thenReturn(
            new ConnectionRequest(
                host,
                literal == null
                    ? new DestinationAddress.NotResolved()
                    : new DestinationAddress.Known(literal),
                port,
                address(from),
                "door"));
    return client;
  }

  void pass(Duration time) {
    now += time.toNanos();
  }
}
