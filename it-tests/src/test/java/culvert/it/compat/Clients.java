package culvert.it.compat;

import java.util.List;
import java.util.Optional;

/** The clients. */
final class Clients {
  /** By SOCKS, each in the ways that it has. */
  static final List<FtpClientProgram> THROUGH_SOCKS =
      List.of(
          new Curl("curl, own SOCKS 5", Optional.of("--socks5-hostname")),
          new Curl("curl, own SOCKS 4a", Optional.of("--socks4a")),
          new Lftp(Socksifier.PROXYCHAINS),
          new Ncftp(Socksifier.PROXYCHAINS),
          new Ncftp(Socksifier.SOCKSIFY),
          new BsdFtp("tnftp", Socksifier.PROXYCHAINS),
          new BsdFtp("inetutils-ftp", Socksifier.PROXYCHAINS),
          new BsdFtp("inetutils-ftp", Socksifier.SOCKSIFY),
          new Wget(Socksifier.PROXYCHAINS),
          new Ftplib(Optional.empty()),
          new Ftplib(Optional.of(Socksifier.SOCKSIFY)),
          new CommonsNet(true),
          new JdkUrl(true));

  /** Without a word of a proxy. */
  static final List<FtpClientProgram> UNAWARE =
      List.of(
          new Curl("curl", Optional.empty()),
          new Lftp(Socksifier.NONE),
          new Ncftp(Socksifier.NONE),
          new BsdFtp("tnftp", Socksifier.NONE),
          new BsdFtp("inetutils-ftp", Socksifier.NONE),
          new Wget(Socksifier.NONE),
          new Ftplib(Optional.of(Socksifier.NONE)),
          new CommonsNet(false),
          new JdkUrl(false));

  private Clients() {}
}
