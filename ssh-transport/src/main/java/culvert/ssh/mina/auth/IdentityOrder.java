package culvert.ssh.mina.auth;

import culvert.ssh.mina.auth.IdentityLoader.Loaded;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who comes first. As OpenSSH (pubkey_prepare in sshconnect2.c): named certificates; those of the
 * identity files that the agent has; the agent's others; the other identity files, each before the
 * certificate beside it. Unlike OpenSSH, a key that can be opened from its file signs from there,
 * and nothing is shown twice, or without a private key.
 */
final class IdentityOrder {
  private final List<KeyFile> files;
  private final List<CertificateFile> certificates;
  private final List<AgentKey> agent;
  private final Instant now;
  private final List<String> problems;
  private final List<Identity> identities = new ArrayList<>();
  private final Set<KeyBlob> seen = new HashSet<>();

  /**
   * @param certificates the named ones
   * @param agent what it lists
   * @param problems those that are known already
   */
  IdentityOrder(
      List<KeyFile> files,
      List<CertificateFile> certificates,
      List<AgentKey> agent,
      Instant now,
      List<String> problems) {
    this.files = files;
    this.certificates = certificates;
    this.agent = agent;
    this.now = now;
    this.problems = new ArrayList<>(problems);
  }

  /**
   * Puts all in order; once.
   *
   * @param only leaves out the agent's keys that nothing names
   * @param remarks passed on
   */
  Loaded identities(boolean only, List<String> remarks) {
    certificates.forEach(this::add);
    agent.stream().filter(key -> fileNames(key.key())).forEach(key -> add(key, true));
    if (!only) {
      agent.forEach(key -> add(key, false));
    }
    for (KeyFile file : files) {
      add(file);
      file.certificate().ifPresent(this::add);
    }
    return new Loaded(identities, problems, remarks);
  }

  private boolean fileNames(KeyBlob key) {
    return files.stream()
        .anyMatch(
            file ->
                file.publicKey().filter(key::equals).isPresent()
                    || file.certificate()
                        .filter(beside -> beside.certificate().blob().equals(key))
                        .isPresent());
  }

  private void add(CertificateFile file) {
    Certificate certificate = file.certificate();
    Optional<String> obstacle = certificate.obstacle(now);
    Optional<Signer> signer = signer(certificate);
    if (obstacle.isPresent()) {
      problems.add("certificate file " + file.path() + ": " + obstacle.get());
      seen.add(certificate.blob());
    } else if (signer.isEmpty()) {
      problems.add(
          "certificate file %s: is for the key %s, which neither an identity-file nor the agent has"
              .formatted(file.path(), certificate.key()));
    } else {
      add(name(file.path().toString(), certificate), certificate.blob(), signer.get(), true);
    }
  }

  private void add(AgentKey key, boolean named) {
    String name = keyFile(key.key()).map(file -> file.path().toString()).orElse(key.toString());
    if (!key.key().isCertificate()) {
      if (!key.key().type().equals("ssh-dss")) {
        Signer signer = keyFile(key.key()).flatMap(KeyFile::signer).orElse(key);
        add(name(name, key.key()), key.key(), signer, named);
      }
      return;
    }
    try {
      Certificate certificate = Certificate.of(key.key());
      Optional<String> obstacle = certificate.obstacle(now);
      if (obstacle.isEmpty()) {
        add(name(name, certificate), key.key(), signer(certificate).orElse(key), named);
      } else if (seen.add(key.key())) {
        problems.add(name + ": " + obstacle.get());
      }
    } catch (IOException e) {
      if (seen.add(key.key())) {
        problems.add(name + ": " + e.getMessage());
      }
    }
  }

  private void add(KeyFile file) {
    if (file.publicKey().isPresent() && file.signer().isPresent()) {
      KeyBlob key = file.publicKey().get();
      add(name(file.path().toString(), key), key, file.signer().get(), true);
    } else if (file.publicKey().isEmpty() || !seen.contains(file.publicKey().get())) {
      file.problem().ifPresent(problem -> problems.add("identity file " + file.path() + problem));
    }
  }

  private void add(String name, KeyBlob key, Signer signer, boolean named) {
    if (seen.add(key)) {
      identities.add(new Identity(name, key, signer, named));
    }
  }

  private Optional<KeyFile> keyFile(KeyBlob key) {
    return files.stream()
        .filter(file -> file.publicKey().filter(key::equals).isPresent())
        .findFirst();
  }

  /** A file, the agent's plain key, or the agent's own certificate for the key. */
  private Optional<Signer> signer(Certificate certificate) {
    return keyFile(certificate.key())
        .flatMap(KeyFile::signer)
        .or(() -> agentKey(certificate.key()))
        .or(() -> agentKey(certificate.blob()))
        .or(() -> agent.stream().filter(key -> certifies(key, certificate.key())).findFirst());
  }

  private Optional<Signer> agentKey(KeyBlob blob) {
    return agent.stream().filter(key -> key.key().equals(blob)).map(Signer.class::cast).findFirst();
  }

  private static boolean certifies(AgentKey agentKey, KeyBlob key) {
    try {
      return agentKey.key().isCertificate() && Certificate.of(agentKey.key()).key().equals(key);
    } catch (IOException e) {
      return false; // said elsewhere
    }
  }

  private static String name(String what, KeyBlob key) {
    return what + " (" + key.fingerprint() + ")";
  }

  private static String name(String what, Certificate certificate) {
    return "%s (certificate, %s, %s)".formatted(what, certificate, certificate.key().fingerprint());
  }
}
