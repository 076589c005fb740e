package culvert.it.script;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.Culvert;
import culvert.it.Opened;
import culvert.it.TestConfig;
import culvert.it.peers.TestAccount;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A fake FTP server, an SSH server that knows its users, and Culvert, for one test each. {@link
 * #open} puts them up; the end of the test takes them down, and fails where Culvert left something
 * behind.
 */
public final class Stage implements BeforeEachCallback, AfterEachCallback {

  /** The way from Culvert to the FTP server. */
  public enum Way {
    /** Name and password of the FTP dialogue open the tunnel: Culvert plays the server first. */
    TUNNEL,
    /** A tunnel with a login of its own: the FTP dialogue is relayed from the greeting on. */
    OWN_LOGIN,
    /** Plaintext, by rule. */
    DIRECT
  }

  /** A logged-in session, both ends. */
  public record Session(FakeClient client, ServerControl server) {}

  public static final String LOCALHOST = "127.0.0.1";
  public static final String USER = "amy";
  public static final String PASSWORD = "secret";

  private static final Map<String, String> USERS =
      Map.of(USER, PASSWORD, "bob", "also secret", "d\u00f6rte", "gr\u00fc\u00dfe");

  private final Opened opened = new Opened();
  private Path directory = Path.of("");
  private Way way = Way.TUNNEL;
  private FakeServer ftp;
  private EmbeddedSshServer ssh;
  private Culvert culvert;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("culvert-stage-");
    opened.add(() -> TestAccount.delete(directory));
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    opened.close();
  }

  public Stage open(Way newWay) throws IOException {
    return open(newWay, LOCALHOST, config -> config);
  }

  public Stage open(Way newWay, UnaryOperator<TestConfig> options) throws IOException {
    return open(newWay, LOCALHOST, options);
  }

  /**
   * Puts everything up.
   *
   * @param address where the FTP server listens
   * @param options what the test's configuration has besides
   */
  public Stage open(Way newWay, String address, UnaryOperator<TestConfig> options)
      throws IOException {
    way = newWay;
    ftp = opened.add(new FakeServer(address));
    ssh = opened.add(EmbeddedSshServer.start(USERS));
    TestConfig config =
        TestConfig.tunnel(directory, ssh.port(), ftp.port(), ssh.knownHostsLine())
            .profile("authentication", "[password]");
    if (way == Way.DIRECT) {
      config.rule("action", "direct");
    } else if (way == Way.OWN_LOGIN) {
      Path password = directory.resolve("password");
      Files.writeString(password, PASSWORD);
      config.profile("user", USER).profile("password", "\"${file:" + password + "}\"");
    }
    culvert = opened.add(Culvert.start(options.apply(config)));
    return this;
  }

  public FakeServer ftp() {
    return ftp;
  }

  public EmbeddedSshServer ssh() {
    return ssh;
  }

  /** Where Culvert listens. */
  public InetSocketAddress proxy() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), culvert.port());
  }

  /** Where Culvert listens for a client of this address. */
  private InetSocketAddress proxy(String client) throws IOException {
    boolean ipv6 = InetAddress.getByName(client) instanceof Inet6Address;
    return ipv6 ? new InetSocketAddress(InetAddress.getByName(client), culvert.port()) : proxy();
  }

  /** A control connection, as curl would ask for it; nothing has been read from it. */
  public FakeClient connect() throws IOException {
    return connect(Dialect.CURL_5H, LOCALHOST);
  }

  /** A control connection to the FTP server under the given name. */
  public FakeClient connect(Dialect dialect, String host) throws IOException {
    return connect(dialect, LOCALHOST, host);
  }

  /**
   * A control connection to the FTP server under the given name.
   *
   * @param from the client's own address, one of 127.0.0.0/8
   */
  public FakeClient connect(Dialect dialect, String from, String host) throws IOException {
    return new FakeClient(wire(dialect, from, host, ftp.port()));
  }

  /** A session that is through with its login. */
  public Session logIn() throws IOException {
    return logIn(connect());
  }

  /** Takes a client that has not read its greeting yet through its login. */
  public Session logIn(FakeClient client) throws IOException {
    if (way == Way.TUNNEL) {
      return authenticate(client.hearReply("220 "));
    }
    ServerControl server = ftp.accept().reply("220 fake");
    client.hear("220 fake").send("USER " + USER);
    server.expect("USER " + USER).reply("331 password?");
    client.hear("331 password?").send("PASS " + PASSWORD);
    server.expect("PASS " + PASSWORD).reply("230 in");
    client.hear("230 in");
    return new Session(client, server);
  }

  /** Takes a client that Culvert has greeted through its login. */
  public Session authenticate(FakeClient client) throws IOException {
    client.ask("USER " + USER, "331 ").send("PASS " + PASSWORD);
    ServerControl server = ftp.accept().logIn(USER, PASSWORD);
    client.hear("230 in");
    return new Session(client, server);
  }

  /** The client asks for a port with EPSV, and is told. */
  public DataPort epsv(Session session) throws IOException {
    DataPort port = ftp.listen();
    session.client().send("EPSV");
    session.server().expect("EPSV").reply("229 fake (|||" + port.number() + "|)");
    session.client().hear("229 Entering Extended Passive Mode (|||" + port.number() + "|)");
    return port;
  }

  /** The client asks for a port with PASV, and is told. */
  public DataPort pasv(Session session) throws IOException {
    DataPort port = ftp.listen();
    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers() + ")");
    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers() + ")");
    return port;
  }

  /** The client asks for a file and gets it: one byte after the other, and EOF. */
  public void download(Session session, Wire data, DataPort port) throws IOException {
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    session.client().hear("150 here it comes");
    try (Wire sending = port.accept()) {
      sending.write("the file");
    }
    assertThat(data.rest()).isEqualTo("the file");
    session.server().reply("226 done");
    session.client().hear("226 done");
  }

  /** A data connection that must be granted. */
  public Wire data(String host, int port) throws IOException {
    return data(Dialect.CURL_5H, host, port);
  }

  public Wire data(Dialect dialect, String host, int port) throws IOException {
    return wire(dialect, LOCALHOST, host, port);
  }

  /** The answer to a request for a connection, which is closed again. */
  public int code(String from, String host, int port) throws IOException {
    Dialect.Reply reply = Dialect.CURL_5H.connect(proxy(from), from, host, port);
    reply.socket().close();
    return reply.code();
  }

  /** The first reply to a request for an incoming connection; the socket is closed at the end. */
  public Dialect.Reply bind(Dialect dialect, String host, int port) throws IOException {
    return bind(dialect, LOCALHOST, host, port);
  }

  public Dialect.Reply bind(Dialect dialect, String from, String host, int port)
      throws IOException {
    Dialect.Reply reply = dialect.bind(proxy(from), from, host, port);
    opened.add(reply.socket());
    return reply;
  }

  /** The data connections that the SSH server was asked for, {@code host:port}. */
  public List<String> dataChannels() {
    String control = ":" + ftp.port();
    return ssh.channelTargets().stream().filter(target -> !target.endsWith(control)).toList();
  }

  private Wire wire(Dialect dialect, String from, String host, int port) throws IOException {
    Dialect.Reply reply = dialect.connect(proxy(from), from, host, port);
    opened.add(reply.socket());
    assertThat(reply.code()).as("answer to CONNECT %s:%d", host, port).isZero();
    return new Wire(reply.socket());
  }
}
