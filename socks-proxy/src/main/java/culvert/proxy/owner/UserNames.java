package culvert.proxy.owner;

import culvert.proxy.service.OtherProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What users are called: as {@code /etc/passwd} has it, which is read again when it changes, and
 * otherwise as {@code getent} says, which asks the directories that the host is connected to (LDAP,
 * SSSD, NIS) and whose answers are remembered for a while. Blocks; thread-safe.
 */
public final class UserNames {
  private static final Logger LOG = LoggerFactory.getLogger(UserNames.class);
  private static final Path PASSWD = Path.of("/etc/passwd");
  private static final Path GROUP = Path.of("/etc/group");
  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private record Directory(FileTime modified, long size, List<String> lines) {
    static final Directory NONE = new Directory(FileTime.fromMillis(0), -1, List.of());
  }

  private record Answer(List<String> lines, long asked) {}

  private final Path passwd;
  private final List<String> getent;
  private final LongSupplier nanoTime;
  private Directory directory = Directory.NONE; // guarded by this
  private final Map<String, Answer> answers = new HashMap<>(); // guarded by this

  public UserNames() {
    this(PASSWD, List.of("getent", "passwd"), System::nanoTime);
  }

  /** The same of groups, whose file has its names and numbers in the same places. */
  public static UserNames ofGroups() {
    return new UserNames(GROUP, List.of("getent", "group"), System::nanoTime);
  }

  /**
   * @param getent a command that takes a name or number and prints lines as in passwd(5)
   */
  UserNames(Path passwd, List<String> getent, LongSupplier nanoTime) {
    this.passwd = passwd;
    this.getent = getent;
    this.nanoTime = nanoTime;
  }

  /**
   * All names of a user, the number among them.
   *
   * @param nameOrNumber one of them; returned as it is where nobody knows it
   */
  public synchronized Set<String> of(String nameOrNumber) {
    Set<String> names = names(directory().lines(), nameOrNumber);
    if (names.isEmpty()) {
      names = names(answer(nameOrNumber), nameOrNumber);
    }
    return names.isEmpty() ? Set.of(nameOrNumber) : Set.copyOf(names);
  }

  /** Whether there is such a user. */
  public boolean isKnown(String nameOrNumber) {
    return of(nameOrNumber).size() > 1;
  }

  /** Several names may stand for one number. */
  private static Set<String> names(List<String> lines, String nameOrNumber) {
    Set<String> names = new HashSet<>();
    String uid = nameOrNumber;
    for (String line : lines) {
      String[] fields = line.split(":", -1);
      if (fields.length > 2 && fields[0].equals(nameOrNumber)) {
        uid = fields[2];
      }
    }
    for (String line : lines) {
      String[] fields = line.split(":", -1);
      if (fields.length > 2 && fields[2].equals(uid)) {
        names.add(fields[0]);
        names.add(uid);
      }
    }
    return names;
  }

  private Directory directory() {
    try {
      FileTime modified = Files.getLastModifiedTime(passwd);
      long size = Files.size(passwd);
      if (!modified.equals(directory.modified()) || size != directory.size()) {
        String text = Files.readString(passwd, StandardCharsets.ISO_8859_1);
        directory = new Directory(modified, size, text.lines().toList());
      }
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("{} cannot be read", passwd);
      directory = Directory.NONE;
    }
    return directory;
  }

  private List<String> answer(String key) {
    long now = nanoTime.getAsLong();
    answers.values().removeIf(answer -> now - answer.asked() > REMEMBERED.toNanos());
    return answers.computeIfAbsent(key, k -> new Answer(ask(k), now)).lines();
  }

  private List<String> ask(String key) {
    List<String> command = new ArrayList<>(getent);
    command.add("--");
    command.add(key);
    try {
      Process process =
          OtherProgram.command(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      CompletableFuture<Process> ended = OtherProgram.endWithin(PATIENCE, process);
      try {
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        ended.get();
        return new String(output, StandardCharsets.ISO_8859_1).lines().toList();
      } finally {
        process.destroyForcibly();
      }
    } catch (ExecutionException e) {
      LOG.warn("{} has not answered within {} s", getent, PATIENCE.toSeconds());
      return List.of();
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("{} cannot be run", getent);
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
