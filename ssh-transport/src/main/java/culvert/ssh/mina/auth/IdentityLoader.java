package culvert.ssh.mina.auth;

import culvert.config.SshLogin;
import culvert.config.SshProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the keys and certificates that a profile names, and no others: with the daemon owner's
 * own keys, any client could log in as whoever trusts them. Blocks: reads files, asks the agent.
 * Thread-safe.
 */
final class IdentityLoader {
  private static final Logger log = LoggerFactory.getLogger(IdentityLoader.class);
  private static final Duration LISTING = Duration.ofSeconds(2);

  private final KeyFiles keyFiles = new KeyFiles();
  private final Map<Path, SshAgent> agents = new ConcurrentHashMap<>();
  private final Clock clock;

  IdentityLoader() {
    this(Clock.systemUTC());
  }

  /**
   * @param clock tells which certificates are valid
   */
  IdentityLoader(Clock clock) {
    this.clock = clock;
  }

  /**
   * What there is to try, in this order.
   *
   * @param problems for people: what the profile names and cannot be used now, and why
   * @param remarks for people: what else may be unexpected
   */
  record Loaded(List<Identity> identities, List<String> problems, List<String> remarks) {
    static final Loaded NOTHING = new Loaded(List.of(), List.of(), List.of());

    Loaded {
      identities = List.copyOf(identities);
      problems = List.copyOf(problems);
      remarks = List.copyOf(remarks);
    }

    List<String> problemsAndRemarks() {
      return Stream.concat(problems.stream(), remarks.stream()).toList();
    }
  }

  Loaded load(SshProfile profile) {
    SshLogin login = profile.login();
    List<String> problems = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    List<KeyFile> files = new ArrayList<>();
    for (Path file : login.identityFiles()) {
      KeyFile keyFile = keyFiles.load(file, login.identityPassphrase());
      files.add(
          login.certificateFiles().isEmpty() ? withCertificateBeside(keyFile, problems) : keyFile);
    }
    List<CertificateFile> certificates = new ArrayList<>();
    for (Path file : login.certificateFiles()) {
      readCertificate(file, certificates, problems);
    }
    List<AgentKey> agent = new ArrayList<>();
    login
        .identityAgent()
        .ifPresent(socket -> agent.addAll(agentKeys(profile, socket, problems, remarks)));
    Loaded loaded =
        new IdentityOrder(files, certificates, agent, clock.instant(), problems)
            .identities(login.identitiesOnly(), remarks);
    loaded
        .problemsAndRemarks()
        .forEach(problem -> log.warn("profile {}: {}", profile.name(), problem));
    return loaded;
  }

  /** As OpenSSH does where no certificate-file is named. */
  private static KeyFile withCertificateBeside(KeyFile file, List<String> problems) {
    Path beside = file.path().resolveSibling(file.path().getFileName() + "-cert.pub");
    List<CertificateFile> read = new ArrayList<>();
    if (Files.exists(beside)) {
      readCertificate(beside, read, problems);
    }
    return read.isEmpty() ? file : file.with(read.get(0));
  }

  private static void readCertificate(
      Path file, List<CertificateFile> read, List<String> problems) {
    try {
      read.add(CertificateFile.read(file));
    } catch (IOException e) {
      problems.add("certificate file " + file + SmallFile.problem(e));
    }
  }

  private List<AgentKey> agentKeys(
      SshProfile profile, Path socket, List<String> problems, List<String> remarks) {
    SshAgent agent = agents.computeIfAbsent(socket, SshAgent::new);
    // half, so that what follows on a silent agent has its time too
    Duration signing = profile.timeouts().login().dividedBy(2);
    try {
      List<AgentMessages.Listed> listed = agent.identities(LISTING);
      if (listed.isEmpty()) {
        remarks.add(agent + " holds no keys, or is locked");
      }
      return listed.stream()
          .map(key -> new AgentKey(agent, key.key(), key.comment(), signing))
          .toList();
    } catch (IOException | UnsupportedOperationException e) {
      problems.add(agent + ": " + e.getMessage());
      return List.of();
    }
  }
}
