package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * One line of a client, with its bytes untouched: whatever encoding or oddity it has reaches the
 * server as it came. {@link #toString} shows the argument of well-known verbs only, never that of
 * {@code PASS} and {@code ACCT}.
 */
public final class Command implements ClientInput {
  private static final int MAX_VERB = 8;
  private static final Set<String> SHOWN =
      Set.of(
          "ABOR", "ALLO", "APPE", "CDUP", "CLNT", "CWD", "DELE", "EPRT", "EPSV", "FEAT", "HELP",
          "HOST", "LANG", "LIST", "LPRT", "LPSV", "MDTM", "MFMT", "MKD", "MLSD", "MLST", "MODE",
          "NLST", "NOOP", "OPTS", "PASV", "PBSZ", "PORT", "PROT", "PWD", "QUIT", "REIN", "REST",
          "RETR", "RMD", "RNFR", "RNTO", "SIZE", "STAT", "STOR", "STOU", "STRU", "SYST", "TYPE",
          "USER", "AUTH");
  private static final Set<String> MASKED = Set.of("PASS", "ACCT", "ADAT", "SITE");

  private final byte[] line;
  private final String verb;
  private final int argumentStart;

  /** Takes the line over; it has no terminator and is not empty. */
  Command(byte[] line) {
    this.line = line;
    int space = 0;
    while (space < line.length && line[space] != ' ') {
      space++;
    }
    this.verb =
        space <= MAX_VERB ? new String(line, 0, space, US_ASCII).toUpperCase(Locale.ROOT) : "";
    this.argumentStart = Math.min(space + 1, line.length);
  }

  /** For our own commands. */
  static Command of(String text) {
    return new Command(text.getBytes(US_ASCII));
  }

  /** {@code USER} with a name that came in another form. */
  static Command user(byte[] name) {
    byte[] line = Arrays.copyOf("USER ".getBytes(US_ASCII), 5 + name.length);
    System.arraycopy(name, 0, line, 5, name.length);
    return new Command(line);
  }

  /** In upper case; empty when it is far too long to be one. */
  public String verb() {
    return verb;
  }

  boolean is(String... verbs) {
    return Arrays.asList(verbs).contains(verb);
  }

  /** A copy of everything after exactly one space; may be empty. */
  public byte[] argument() {
    return Arrays.copyOfRange(line, argumentStart, line.length);
  }

  /** The argument for comparing; bytes beyond ASCII are replaced. */
  String argumentText() {
    return new String(line, argumentStart, line.length - argumentStart, US_ASCII);
  }

  int length() {
    return line.length;
  }

  /** The line for the server, ended with CRLF. The caller owns the copy and wipes it. */
  public byte[] bytes() {
    byte[] bytes = Arrays.copyOf(line, line.length + 2);
    bytes[line.length] = '\r';
    bytes[line.length + 1] = '\n';
    return bytes;
  }

  /** Overwrites the line, which may be a password. */
  public void wipe() {
    Arrays.fill(line, (byte) 0);
  }

  @Override
  public String toString() {
    if (MASKED.contains(verb)) {
      return verb + " ****";
    }
    if (!SHOWN.contains(verb)) {
      return "(unknown command, " + line.length + " bytes)";
    }
    String argument = OwnReply.printable(argumentText());
    return argument.isEmpty() ? verb : verb + " " + argument;
  }
}
