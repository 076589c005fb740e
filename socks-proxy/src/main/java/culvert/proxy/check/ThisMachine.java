package culvert.proxy.check;

import culvert.config.Secret;
import culvert.config.file.RegularFile;
import culvert.proxy.owner.UserNames;
import culvert.ssh.NettyTransport;
import culvert.ssh.mina.auth.PrivateKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine that this process runs on. */
public final class ThisMachine implements Machine {
  private static final Path PROC = Path.of("/proc");
  private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$");
  private static final int CAP_SYS_PTRACE = 19;

  /** For known_hosts; {@link #problemOfFile} wants to know only whether it can be read. */
  private static final int MAX_OCTETS = 16 << 20;

  private final Path proc;
  private final UserNames users = new UserNames();

  /** By Linux's {@code /proc}, where there is one. */
  public ThisMachine() {
    this(PROC);
  }

  ThisMachine(Path proc) {
    this.proc = proc;
  }

  @Override
  public Optional<String> problemOfFile(Path file) {
    try {
      RegularFile.read(file, MAX_OCTETS);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(" cannot be read: " + RegularFile.reason(e));
    }
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public Optional<String> problemOfKey(Path file, Optional<Secret> passphrase, boolean withAgent) {
    return PrivateKeys.problem(file, passphrase, withAgent);
  }

  @Override
  public Optional<String> problemOfCertificate(Path file) {
    return PrivateKeys.problemOfCertificate(file);
  }

  @Override
  public boolean isUser(String name) {
    return users.isKnown(name);
  }

  @Override
  public String ownUser() {
    return System.getProperty("user.name");
  }

  @Override
  public boolean knowsOwners() {
    return Files.isReadable(proc.resolve("net/tcp"));
  }

  @Override
  public boolean seesOthersPrograms() {
    try {
      String status = Files.readString(proc.resolve("self/status"), StandardCharsets.ISO_8859_1);
      Matcher effective = EFFECTIVE.matcher(status);
      return effective.find()
          && (Long.parseUnsignedLong(effective.group(1), 16) >> CAP_SYS_PTRACE & 1) == 1;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean seesOriginalDestinations() {
    return NettyTransport.preferred() == NettyTransport.EPOLL;
  }
}
