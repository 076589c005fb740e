package culvert.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ftpserver.ConnectionConfigFactory;
import org.apache.ftpserver.DataConnectionConfigurationFactory;
import org.apache.ftpserver.FtpServer;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.ftplet.DefaultFtplet;
import org.apache.ftpserver.ftplet.FtpException;
import org.apache.ftpserver.ftplet.FtpRequest;
import org.apache.ftpserver.ftplet.FtpSession;
import org.apache.ftpserver.ftplet.FtpletResult;
import org.apache.ftpserver.ftplet.UserManager;
import org.apache.ftpserver.listener.Listener;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.usermanager.ClearTextPasswordEncryptor;
import org.apache.ftpserver.usermanager.PropertiesUserManagerFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.apache.ftpserver.usermanager.impl.ConcurrentLoginPermission;
import org.apache.ftpserver.usermanager.impl.WritePermission;

/** An FTP server (Apache FtpServer) on 127.0.0.1 whose users share one directory. */
public final class EmbeddedFtpServer implements AutoCloseable {

  /** A command that the server received; arguments of {@code PASS} are left out. */
  public record Command(InetSocketAddress client, String line) {}

  private static final String LISTENER = "default";

  private final Path root;
  private final Map<String, String> passwords;
  private final List<InetSocketAddress> connections = new CopyOnWriteArrayList<>();
  private final List<Command> commands = new CopyOnWriteArrayList<>();
  private FtpServer server; // guarded by this
  private int port; // guarded by this

  private EmbeddedFtpServer(Path root, Map<String, String> passwords) throws FtpException {
    this.root = root;
    this.passwords = Map.copyOf(passwords);
    this.server = newServer(0);
    server.start();
    this.port = listenerOf(server).getPort();
  }

  /**
   * Starts a server on a free port.
   *
   * @param root the directory that every user sees as {@code /}
   * @param passwords by user name
   */
  public static EmbeddedFtpServer start(Path root, Map<String, String> passwords)
      throws IOException {
    Files.createDirectories(root);
    try {
      return new EmbeddedFtpServer(root, passwords);
    } catch (FtpException e) {
      throw new IOException("FTP server on 127.0.0.1 did not start", e);
    }
  }

  public synchronized int port() {
    return port;
  }

  public Path root() {
    return root;
  }

  /** The peers of the control connections so far, oldest first. */
  public List<InetSocketAddress> connections() {
    return List.copyOf(connections);
  }

  /** The commands received so far, oldest first. */
  public List<Command> commands() {
    return List.copyOf(commands);
  }

  /** Stops serving and frees the port; {@link #restart} takes the same port again. */
  public synchronized void stop() {
    server.stop();
  }

  public synchronized void restart() throws IOException {
    try {
      server.stop();
      server = newServer(port);
      server.start();
    } catch (FtpException e) {
      throw new IOException("FTP server on 127.0.0.1:" + port + " did not start again", e);
    }
  }

  @Override
  public void close() {
    stop();
  }

  private FtpServer newServer(int listenPort) throws FtpException {
    ListenerFactory listener = new ListenerFactory();
    listener.setServerAddress("127.0.0.1");
    listener.setPort(listenPort);
    listener.setIdleTimeout(60);
    DataConnectionConfigurationFactory data = new DataConnectionConfigurationFactory();
    data.setPassiveAddress("127.0.0.1");
    data.setActiveLocalAddress("127.0.0.1");
    listener.setDataConnectionConfiguration(data.createDataConnectionConfiguration());

    ConnectionConfigFactory connection = new ConnectionConfigFactory();
    connection.setMaxLogins(1000);
    connection.setMaxThreads(64);
    connection.setAnonymousLoginEnabled(false);
    connection.setLoginFailureDelay(0);

    FtpServerFactory factory = new FtpServerFactory();
    factory.addListener(LISTENER, listener.createListener());
    factory.setConnectionConfig(connection.createConnectionConfig());
    factory.setUserManager(users());
    factory.setFtplets(new HashMap<>(Map.of("recorder", new Recorder())));
    return factory.createServer();
  }

  private UserManager users() throws FtpException {
    PropertiesUserManagerFactory factory = new PropertiesUserManagerFactory();
    factory.setPasswordEncryptor(new ClearTextPasswordEncryptor());
    UserManager users = factory.createUserManager();
    for (Map.Entry<String, String> entry : passwords.entrySet()) {
      BaseUser user = new BaseUser();
      user.setName(entry.getKey());
      user.setPassword(entry.getValue());
      user.setHomeDirectory(root.toString());
      user.setAuthorities(
          List.of(new WritePermission(), new ConcurrentLoginPermission(1000, 1000)));
      users.save(user);
    }
    return users;
  }

  private static Listener listenerOf(FtpServer server) {
    return ((org.apache.ftpserver.impl.DefaultFtpServer) server).getListener(LISTENER);
  }

  private final class Recorder extends DefaultFtplet {
    @Override
    public FtpletResult onConnect(FtpSession session) {
      connections.add(session.getClientAddress());
      return FtpletResult.DEFAULT;
    }

    @Override
    public FtpletResult beforeCommand(FtpSession session, FtpRequest request)
        throws FtpException, IOException {
      boolean secret = "PASS".equalsIgnoreCase(request.getCommand());
      commands.add(
          new Command(session.getClientAddress(), secret ? "PASS ****" : request.getRequestLine()));
      return super.beforeCommand(session, request);
    }
  }
}
