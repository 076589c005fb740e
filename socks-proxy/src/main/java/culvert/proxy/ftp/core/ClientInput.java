package culvert.proxy.ftp.core;

/** What a client's bytes turned out to be. */
public sealed interface ClientInput permits Command, ClientInput.Violation {

  /** Not FTP, or beyond its limits: nothing that follows is parsed. */
  enum Violation implements ClientInput {
    /** A NUL byte: the server might see another line than we do. */
    NUL,
    /** A line past {@link CommandSplitter#MAX_LINE}. */
    TOO_LONG,
    /** TLS or HTTP from the first byte on. */
    NOT_FTP
  }
}
