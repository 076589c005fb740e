package culvert.it.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** An account of this host for as long as a test runs; root alone can make one. */
public final class TemporaryAccount implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final String user;
  private final String password;

  private TemporaryAccount(String user, String password) {
    this.user = user;
    this.password = password;
  }

  public static TemporaryAccount create() throws IOException {
    TemporaryAccount account = new TemporaryAccount("culvert-" + random(4), random(12));
    String hash = run("openssl", "passwd", "-6", account.password).strip();
    run(
        "useradd",
        "--system",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/bin/sh",
        "--password",
        hash,
        account.user);
    return account;
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    ThreadLocalRandom.current().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  public String user() {
    return user;
  }

  public String password() {
    return password;
  }

  /** The password has to be changed at the next login. */
  public void expirePassword() throws IOException {
    run("chage", "--lastday", "0", user);
  }

  @Override
  public void close() throws IOException {
    run("userdel", "--force", user);
  }

  private static String run(String... command) throws IOException {
    Run<String> run = Run.text(DEADLINE, List.of(command));
    if (run.exitCode() != 0) {
      throw new IOException(command[0] + ": " + run.errors());
    }
    return run.output();
  }
}
