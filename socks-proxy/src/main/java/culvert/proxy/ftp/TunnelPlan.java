package culvert.proxy.ftp;

import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.filter.ConnectionRequest;
import culvert.filter.Route;
import culvert.proxy.ftp.core.LoginDepth;
import culvert.proxy.upstream.TunnelEnds;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.TunnelTarget;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Which SSH server an FTP session needs, as whom, and where the tunnel leads. */
record TunnelPlan(SshServer server, TunnelTarget target, Route.FtpTunnel route) {

  static TunnelPlan of(ConnectionRequest request, Route.FtpTunnel route, SshProfile profile) {
    return new TunnelPlan(
        TunnelEnds.server(request, profile), TunnelEnds.target(request, route.target()), route);
  }

  private SshProfile profile() {
    return server.profile();
  }

  /**
   * Whether the client's own name for the FTP server stands for the SSH server too, and is resolved
   * there once more for every connection.
   */
  boolean leadsToTheServerItself() {
    return profile().host().isEmpty() && route.target().isEmpty() && server.address().isEmpty();
  }

  /** The same with another target. */
  TunnelPlan to(String host) {
    return new TunnelPlan(server, new TunnelTarget(host, target.port()), route);
  }

  /** How much of the FTP login the SSH login needs; empty: nothing. */
  Optional<LoginDepth> depth() {
    if (profile().needsFtpPassword()) {
      return Optional.of(LoginDepth.USER_AND_PASSWORD);
    }
    return profile().needsFtpUser() ? Optional.of(LoginDepth.USER) : Optional.empty();
  }

  /** Whose session, without an FTP login; empty: there is nothing to log in with. */
  Optional<SshSessionSpec> session(Optional<String> socksUser, InetAddress client) {
    return user(Optional.empty(), socksUser)
        .map(user -> new SshSessionSpec(server, user, Optional.empty(), client));
  }

  /**
   * Whose session, with a captured login.
   *
   * @param ftpUser the argument of USER
   * @return empty: there is nothing to log in with, as for anonymous users, whose password is an
   *     e-mail address
   */
  Optional<SshSessionSpec> session(
      byte[] ftpUser, Optional<Password> password, Optional<String> socksUser, InetAddress client) {
    String name = decode(ftpUser, profile().login().charset());
    if (anonymous(name)) {
      return Optional.empty();
    }
    Optional<Password> needed = profile().needsFtpPassword() ? password : Optional.empty();
    return user(Optional.of(name), socksUser)
        .map(user -> new SshSessionSpec(server, user, needed, client));
  }

  private Optional<String> user(Optional<String> ftpUser, Optional<String> socksUser) {
    SshUser user = profile().user();
    if (user instanceof SshUser.Fixed fixed) {
      return Optional.of(fixed.name());
    }
    return (user instanceof SshUser.FromSocks ? socksUser : ftpUser)
        .filter(name -> !name.isEmpty());
  }

  private static boolean anonymous(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("anonymous") || lower.equals("ftp");
  }

  /** SSH wants UTF-8, FTP clients send what they like. */
  private static String decode(byte[] bytes, Charset otherwise) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, otherwise);
    }
  }
}
