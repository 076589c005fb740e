package culvert.it.compat;

import java.nio.file.Path;

/**
 * Where a client is sent: an FTP server behind a SOCKS proxy on 127.0.0.1.
 *
 * @param host the server's address as the client knows it; only the proxy leads there
 * @param folder the directory for the client on the server, below that of the login
 * @param work a directory for the client here
 */
record Site(
    int socksPort, String host, int port, String user, String password, String folder, Path work) {

  /** A file in the folder. */
  String url(String file) {
    return "ftp://" + rest(file);
  }

  /** The same with the account in it. */
  String urlWithAccount(String file) {
    return "ftp://" + user + ":" + password + "@" + rest(file);
  }

  private String rest(String file) {
    return host + ":" + port + "/" + folder + "/" + file;
  }
}
