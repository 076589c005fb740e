package culvert.proxy.cli;

import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code [user@]host}, as ssh has it.
 *
 * @param host IPv6 without brackets
 */
record SshDestination(Optional<String> user, String host) {

  /** For picocli. */
  static final class Converter implements ITypeConverter<SshDestination> {
    @Override
    public SshDestination convert(String text) {
      return parse(text);
    }
  }

  static SshDestination parse(String text) {
    int at = text.lastIndexOf('@');
    String host = text.substring(at + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (at == 0 || host.isEmpty()) {
      throw new TypeConversionException(text + " (expected: [USER@]HOST)");
    }
    return new SshDestination(at < 0 ? Optional.empty() : Optional.of(text.substring(0, at)), host);
  }

  /** {@code user@host}, or the host alone. */
  @Override
  public String toString() {
    return user.map(name -> name + "@").orElse("") + host;
  }
}
