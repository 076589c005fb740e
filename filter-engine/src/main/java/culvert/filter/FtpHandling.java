package culvert.filter;

import culvert.config.FtpSettings;

/**
 * How an FTP control connection is treated.
 *
 * @param settings the file's {@code ftp} section with what the rule overrides
 * @param userAtHost whether {@code USER name@host} chooses the destination
 */
public record FtpHandling(FtpSettings settings, boolean userAtHost) {
  /** What holds where the file says nothing. */
  public static final FtpHandling STANDARD = new FtpHandling(FtpSettings.STANDARD, false);
}
