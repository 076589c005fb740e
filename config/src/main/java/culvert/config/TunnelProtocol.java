package culvert.config;

/** What a fixed tunnel carries. {@link #toString} is the word of the file. */
public enum TunnelProtocol {
  /** FTP: data connections follow the control connection. */
  FTP("ftp"),
  /** Any bytes. */
  TCP("tcp");

  private final String word;

  TunnelProtocol(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
