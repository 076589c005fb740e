package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import culvert.config.PasswordsInText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * One line of a client, taken apart: a verb and, behind exactly one space, an argument whose bytes
 * are untouched, whatever encoding or oddity they have. Servers disagree about everything else
 * (vsftpd strips several CRs, proftpd takes a TAB for a space): a line that is not of this form is
 * malformed, has no verb, is answered here, and can be sent to nobody. {@link #toString} shows the
 * argument of well-known verbs only, never that of {@code PASS} and {@code ACCT}.
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
    int length = verbLength(line);
    this.verb = length == 0 ? "" : new String(line, 0, length, US_ASCII).toUpperCase(Locale.ROOT);
    System.arraycopy(verb.getBytes(US_ASCII), 0, line, 0, length);
    this.argumentStart = Math.min(length + 1, line.length);
  }

  /** Zero when the line is neither {@code VERB} nor {@code VERB SP argument}. */
  private static int verbLength(byte[] line) {
    int length = 0;
    while (length < line.length && inVerb(line[length], length)) {
      length++;
    }
    boolean ends = length == line.length || line[length] == ' ';
    return ends && length <= MAX_VERB && !containsCr(line) ? length : 0;
  }

  /** Letters; digits behind the first, as in {@code XMD5}: nobody takes those for another verb. */
  private static boolean inVerb(byte b, int position) {
    return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || (position > 0 && isDigit(b));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Some servers end a line with it: what follows would be a command that nobody here has seen. */
  private static boolean containsCr(byte[] line) {
    for (byte b : line) {
      if (b == '\r') {
        return true;
      }
    }
    return false;
  }

  /** For our own commands. */
  static Command of(String text) {
    return new Command(text.getBytes(US_ASCII));
  }

  /** A command that has been made a line for the server. */
  static Command ofLine(byte[] bytes) {
    return new Command(Arrays.copyOf(bytes, bytes.length - 2));
  }

  /** {@code USER} with a name that came in another form. */
  static Command user(byte[] name) {
    byte[] line = Arrays.copyOf("USER ".getBytes(US_ASCII), 5 + name.length);
    System.arraycopy(name, 0, line, 5, name.length);
    return new Command(line);
  }

  /** In upper case; empty when the line is {@link #malformed}. */
  public String verb() {
    return verb;
  }

  /** Whether nothing but a {@code 500} can become of it. */
  public boolean malformed() {
    return verb.isEmpty();
  }

  /** Whether its argument is one that no log may show, and a server's echo of it neither. */
  static boolean mayHoldSecret(byte[] line) {
    int length = 0;
    while (length < line.length && inVerb(line[length], length)) {
      length++;
    }
    return !SHOWN.contains(new String(line, 0, length, US_ASCII).toUpperCase(Locale.ROOT));
  }

  /** Whether it sends a file. */
  boolean uploads() {
    return is("STOR", "APPE", "STOU", "ESTO");
  }

  /** Whether it has a data connection. */
  boolean transfers() {
    return uploads() || is("RETR", "LIST", "NLST", "MLSD", "ERET", "MLSR");
  }

  /** Whether the end of a file is marked among its data from now on (RFC 959 section 3.4). */
  boolean marksEnd() {
    String form = verb + " " + argumentText().strip().toUpperCase(Locale.ROOT);
    return form.equals("MODE B") || form.equals("MODE C") || form.equals("STRU R");
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

  /** The argument as UTF-8, or else octet by octet; not of a command that may hold a secret. */
  public String argumentForPeople() {
    byte[] argument = argument();
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(argument)).toString();
    } catch (CharacterCodingException e) {
      return new String(argument, ISO_8859_1);
    }
  }

  int length() {
    return line.length;
  }

  /** The line for the server, ended with CRLF. The caller owns the copy and wipes it. */
  public byte[] bytes() {
    if (malformed()) {
      throw new IllegalStateException("FTP command: malformed, for no server");
    }
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
      return (malformed() ? "(malformed" : "(unknown") + " command, " + line.length + " bytes)";
    }
    String text = argumentText();
    String argument =
        OwnReply.printable(
            is("USER") ? PasswordsInText.maskedUser(text) : PasswordsInText.maskedName(text));
    return argument.isEmpty() ? verb : verb + " " + argument;
  }
}
