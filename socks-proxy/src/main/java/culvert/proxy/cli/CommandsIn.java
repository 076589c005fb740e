package culvert.proxy.cli;

import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.config.read.Environment;
import culvert.proxy.state.OwnerOnly;
import culvert.ssh.Printable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How commands of {@code culvert exec} come in to {@code culvert run}. */
final class CommandsIn {
  private static final Logger LOG = LoggerFactory.getLogger(CommandsIn.class);

  private CommandsIn() {}

  /**
   * Opens the way for them, where there may be one; everything else works without.
   *
   * <p>They give nobody what nobody had: there is none where the users of this host cannot come in
   * by a listener as they are. To be captured takes no name and password, but not everybody is: it
   * is no reason to let those in of whom another listener asks for both.
   */
  static void open(Daemon daemon, CulvertConfig config, Environment environment) {
    Path socket = ExecPlace.of(environment, config.stateDirectory());
    try {
      if (!areOpenToUsers(config.listeners())) {
        throw new IOException(
            "no listener lets this host's users in (expected: one for 127.0.0.1 without users)");
      }
      OwnerOnly.createDirectories(socket.getParent());
      daemon.acceptCommands(socket);
      LOG.atInfo().addKeyValue("socket", socket).log("commands (culvert exec) can come in");
    } catch (IOException e) {
      LOG.atInfo()
          .addKeyValue("socket", socket)
          .addKeyValue("reason", Printable.text(String.valueOf(e.getMessage())))
          .log("no commands (culvert exec) can come in");
    }
  }

  private static boolean areOpenToUsers(List<ListenerConfig> listeners) {
    List<ListenerConfig.Socks> socks = of(ListenerConfig.Socks.class, listeners).toList();
    boolean asked = socks.stream().anyMatch(listener -> !listener.users().isEmpty());
    return socks.stream()
            .anyMatch(listener -> listener.users().isEmpty() && isHere(listener.allowFrom()))
        || (!asked
            && of(ListenerConfig.Redirect.class, listeners)
                .anyMatch(listener -> listener.allowFrom().map(CommandsIn::isHere).orElse(true)));
  }

  private static <T> Stream<T> of(Class<T> kind, List<ListenerConfig> listeners) {
    return listeners.stream().filter(kind::isInstance).map(kind::cast);
  }

  private static boolean isHere(List<Cidr> networks) {
    InetAddress here = InetAddress.getLoopbackAddress();
    return networks.stream().anyMatch(network -> network.contains(here));
  }
}
