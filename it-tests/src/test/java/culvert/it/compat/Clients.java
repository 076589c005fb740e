package culvert.it.compat;

import java.util.List;
import java.util.Optional;

/** The rows of the table. */
final class Clients {
  static final List<FtpClientProgram> ALL =
      List.of(
          new Curl("curl, own SOCKS 5", "--socks5-hostname"),
          new Curl("curl, own SOCKS 4a", "--socks4a"),
          new Lftp(Socksifier.PROXYCHAINS),
          new Ncftp(Socksifier.PROXYCHAINS),
          new Ncftp(Socksifier.SOCKSIFY),
          new BsdFtp("tnftp", Socksifier.PROXYCHAINS),
          new BsdFtp("inetutils-ftp", Socksifier.PROXYCHAINS),
          new BsdFtp("inetutils-ftp", Socksifier.SOCKSIFY),
          new Wget(Socksifier.PROXYCHAINS),
          new Ftplib(Optional.empty()),
          new Ftplib(Optional.of(Socksifier.SOCKSIFY)),
          new CommonsNet(),
          new JdkUrl());

  private Clients() {}
}
