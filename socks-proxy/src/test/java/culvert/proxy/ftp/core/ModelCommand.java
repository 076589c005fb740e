package culvert.proxy.ftp.core;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A command as its client remembers it until it has read the reply. */
final class ModelCommand {
  private static final Set<String> UPLOADS = Set.of("STOR", "APPE", "STOU");
  private static final Set<String> DOWNLOADS = Set.of("RETR", "LIST", "NLST", "MLSD");
  private static final Set<String> BESIDE = Set.of("NOOP", "STAT", "ABOR");

  final String line;
  final String verb;

  /** The newest passive command before it. */
  final @Nullable ModelCommand passive;

  /** It was sent while a transfer was under way. */
  boolean sentBeside;

  /** A {@code 1yz} has been read. */
  boolean begun;

  /** What a passive command was answered, as the session knows it; 0: nothing. */
  int announced;

  @Nullable ReadReply answer;

  ModelCommand(String line, @Nullable ModelCommand passive) {
    this.line = line;
    this.verb = line.split(" ", 2)[0];
    this.passive = passive;
  }

  boolean upload() {
    return UPLOADS.contains(verb);
  }

  boolean transfer() {
    return upload() || DOWNLOADS.contains(verb);
  }

  /** Whether clients send it while a transfer goes on. */
  boolean beside() {
    return BESIDE.contains(verb);
  }

  boolean asksForPort() {
    return verb.equals("PASV") || (verb.equals("EPSV") && !line.equals("EPSV ALL"));
  }

  Optional<ReadReply> answer() {
    return Optional.ofNullable(answer);
  }

  @Override
  public String toString() {
    return line;
  }
}
