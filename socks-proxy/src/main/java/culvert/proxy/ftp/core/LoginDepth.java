package culvert.proxy.ftp.core;

/** How much of the FTP login has to be known before the tunnel can be made. */
public enum LoginDepth {
  /** The name; the first reply that the client gets from the server is the one to USER. */
  USER,
  /** Name and password; the first reply from the server is the one to PASS. */
  USER_AND_PASSWORD
}
