package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Signs OpenSSH certificates with ssh-keygen. */
public record CertificateAuthority(SshKey key) {

  public static CertificateAuthority create(Path path) throws IOException {
    return new CertificateAuthority(SshKey.create(path));
  }

  /** What {@code TrustedUserCAKeys} of sshd_config(5) names. */
  public Path publicFile() {
    return key.publicFile();
  }

  /**
   * Certifies a key, beside its file.
   *
   * @param options of ssh-keygen, such as {@code -n} with principals, {@code -V} with a validity,
   *     {@code -h} for a host
   */
  public void certify(SshKey subject, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("ssh-keygen", "-q", "-s", key.path().toString(), "-I", "culvert job"));
    command.addAll(List.of(options));
    command.add(subject.publicFile().toString());
    SshKey.run(command);
  }

  /** The same at a place of its own. */
  public Path certifyTo(Path file, SshKey subject, String... options) throws IOException {
    certify(subject, options);
    return Files.move(subject.certificate(), file);
  }
}
