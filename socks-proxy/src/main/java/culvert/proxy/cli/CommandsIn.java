package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.config.read.Environment;
import culvert.proxy.state.OwnerOnly;
import culvert.ssh.Printable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
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
   * by a listener as they are.
   */
  static void open(Daemon daemon, CulvertConfig config, Environment environment) {
    Path socket = ExecPlace.of(environment, config.stateDirectory());
    try {
      if (config.listeners().stream().noneMatch(CommandsIn::isOpenToUsers)) {
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

  private static boolean isOpenToUsers(ListenerConfig listener) {
    InetAddress here = InetAddress.getLoopbackAddress();
    if (listener instanceof ListenerConfig.Socks socks) {
      return socks.users().isEmpty()
          && socks.allowFrom().stream().anyMatch(network -> network.contains(here));
    }
    return listener instanceof ListenerConfig.Redirect redirect
        && redirect
            .allowFrom()
            .map(networks -> networks.stream().anyMatch(network -> network.contains(here)))
            .orElse(true);
  }
}
