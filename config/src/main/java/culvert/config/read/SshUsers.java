package culvert.config.read;

import culvert.config.SshUser;
import culvert.config.SshUser.Fixed;
import culvert.config.SshUser.FromFtp;
import culvert.config.SshUser.FromSocks;
import culvert.config.yaml.Suggestions;
import java.util.List;
import java.util.Optional;

/** The key {@code user} of a profile. */
final class SshUsers {
  private static final String FROM_FTP = "from-ftp";
  private static final String FROM_SOCKS = "from-socks";

  private SshUsers() {}

  static SshUser parse(String text) {
    if (text.equals(FROM_FTP)) {
      return new FromFtp();
    }
    if (text.equals(FROM_SOCKS)) {
      return new FromSocks();
    }
    Optional<String> meant = Suggestions.nearest(text, List.of(FROM_FTP, FROM_SOCKS));
    if (meant.isPresent() || text.isBlank() || ValueTypes.hasControl(text)) {
      throw ValueTypes.expected(
          text,
          "from-ftp, from-socks or a user's name"
              + meant.map(word -> "; did you mean \"" + word + "\"?").orElse(""));
    }
    return new Fixed(text);
  }
}
