package culvert.it.identity;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.Peers;
import culvert.it.peers.CertificateAuthority;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshAgent;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Run;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same keys in the same order as OpenSSH's ssh, as an sshd sees it that takes none. */
@RealPeers
@Timeout(120)
@AnyTransport
class KeyOrderIT {
  @RegisterExtension final Peers peers = new Peers();
  private RealSshd sshd;
  private RealSshAgent agent;
  private Logins logins;
  private SshKey a;
  private SshKey b;
  private SshKey c;
  private SshKey d;

  @BeforeEach
  void start() throws Exception {
    startPeers();
    a = SshKey.create(peers.directory().resolve("a"));
    b = SshKey.create(peers.directory().resolve("b"), "ecdsa", "");
    c = SshKey.create(peers.directory().resolve("c"), "rsa", "");
    d = SshKey.create(peers.directory().resolve("d"));
  }

  private void assertAsOpenSsh(
      int count, boolean only, List<Path> identityFiles, List<Path> certificateFiles)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("ssh", "-F", "none", "-p", "" + sshd.port(), "-o", "BatchMode=yes"));
    option(command, "StrictHostKeyChecking=yes");
    option(command, "UserKnownHostsFile=" + peers.directory().resolve("known_hosts"));
    option(command, "IdentityAgent=" + agent.socket());
    option(command, "IdentitiesOnly=" + (only ? "yes" : "no"));
    identityFiles.forEach(file -> option(command, "IdentityFile=" + file));
    certificateFiles.forEach(file -> option(command, "CertificateFile=" + file));
    command.addAll(List.of(TestAccount.USER + "@127.0.0.1", "true"));
    Run<String> ssh = Run.text(Duration.ofSeconds(30), command);
    assertThat(ssh.errors()).contains("Permission denied");
    List<String> wanted = logins.refusedKeys();
    assertThat(wanted).hasSize(count);

    assertThat(
            logins.logIn(
                "authentication: [publickey]",
                "identity-agent: " + agent.socket(),
                "identities-only: " + only,
                "identity-file: " + identityFiles,
                "certificate-file: " + certificateFiles))
        .isPresent();
    List<String> all = logins.refusedKeys();
    assertThat(all.subList(count, all.size())).isEqualTo(wanted);
  }

  private static void option(List<String> command, String option) {
    command.addAll(List.of("-o", option));
  }

  @Test
  void keysOfTheAgentThatAreNamedComeFirst() throws Exception {
    agent.add(c).add(b).add(d);

    assertAsOpenSsh(4, false, List.of(a.path(), b.path()), List.of());
    startPeers();
    agent.add(c).add(b).add(d);
    assertAsOpenSsh(2, true, List.of(a.path(), b.path()), List.of());
  }

  private void startPeers() throws Exception {
    sshd = peers.add(RealSshd.start("MaxAuthTries 50", "PasswordAuthentication no"));
    agent = peers.add(RealSshAgent.start());
    logins = peers.add(new Logins(sshd, peers.directory()));
  }

  @Test
  void namedCertificatesComeBeforeAll() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(peers.directory().resolve("ca"));
    Path ofA = authority.certifyTo(peers.directory().resolve("of-a.pub"), a, "-n", "nobody");
    Path ofC = authority.certifyTo(peers.directory().resolve("of-c.pub"), c, "-n", "nobody");
    agent.add(d).add(c);

    assertAsOpenSsh(6, false, List.of(a.path(), b.path()), List.of(ofC, ofA));
  }

  @Test
  void certificatesBesideFilesFollowTheirKeys() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(peers.directory().resolve("ca"));
    agent.add(c).add(b);
    authority.certify(a, "-n", "nobody");
    authority.certify(b, "-n", "nobody");

    assertAsOpenSsh(5, false, List.of(a.path(), b.path()), List.of());
  }

  @Test
  void certificatesOfTheAgentAreNamedByTheSameOnesBesideFiles() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(peers.directory().resolve("ca"));
    authority.certify(a, "-n", "nobody");
    authority.certify(d, "-n", "nobody");
    agent.add(d).add(a); // with their certificates

    assertAsOpenSsh(3, true, List.of(b.path(), a.path()), List.of());
  }

  @Test
  void publicFilesNameKeysOfTheAgent() throws Exception {
    agent.add(a).add(b).add(c).add(d);

    assertAsOpenSsh(2, true, List.of(d.publicFile(), b.publicFile()), List.of());
  }
}
