package culvert.proxy.upstream;

import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client has said of itself, and whom SSH servers get to see for it: each one, hops
 * included, the user and the password that its own profile takes. Holds the password, but does not
 * own it.
 */
public final class ClientLogin {
  private final byte @Nullable [] ftpUser;
  private final Optional<Password> ftpPassword;
  private final Optional<String> socksUser;

  private ClientLogin(
      byte @Nullable [] ftpUser, Optional<Password> ftpPassword, Optional<String> socksUser) {
    this.ftpUser = ftpUser;
    this.ftpPassword = ftpPassword;
    this.socksUser = socksUser;
  }

  /** Without an FTP dialogue, or before it. */
  public static ClientLogin withoutFtp(Optional<String> socksUser) {
    return new ClientLogin(null, Optional.empty(), socksUser);
  }

  /**
   * With a captured login.
   *
   * @param ftpUser the argument of USER
   */
  public static ClientLogin of(
      byte[] ftpUser, Optional<Password> ftpPassword, Optional<String> socksUser) {
    return new ClientLogin(ftpUser, ftpPassword, socksUser);
  }

  /**
   * The session for it.
   *
   * @return empty: with the server or one of the hops there is nothing to log in with, as for
   *     anonymous users, whose password is an e-mail address
   */
  public Optional<SshSessionSpec> session(SshServer server, InetAddress client) {
    Optional<SshServer> hop = server.hop();
    Optional<SshSessionSpec> via = hop.flatMap(h -> session(h, client));
    if (hop.isPresent() && via.isEmpty()) {
      return Optional.empty();
    }
    Optional<Password> password =
        server.profile().takesFtpPassword() ? ftpPassword : Optional.empty();
    return user(server.profile())
        .map(user -> new SshSessionSpec(server, user, password, client, via));
  }

  /**
   * The session with what ssh_config says of the server and of who logs in.
   *
   * @return as above
   */
  public Optional<SshSessionSpec> session(ConfiguredServer configured, InetAddress client) {
    return session(configured.server(), client)
        .flatMap(first -> session(configured.serverFor(first.user()), client));
  }

  private Optional<String> user(SshProfile profile) {
    Optional<String> ftpName =
        Optional.ofNullable(ftpUser).map(bytes -> decode(bytes, profile.login().charset()));
    if (ftpName.filter(ClientLogin::anonymous).isPresent()) {
      return Optional.empty();
    }
    if (profile.user() instanceof SshUser.Fixed fixed) {
      return Optional.of(fixed.name());
    }
    return (profile.user() instanceof SshUser.FromSocks ? socksUser : ftpName)
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
