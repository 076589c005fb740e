package culvert.ssh.mina.auth;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What an {@code identity-file} gave.
 *
 * @param signer the private key; empty: an agent may have it
 * @param publicKey empty: unknown
 * @param certificate the one beside the file
 * @param problem why there is no private key; without the file's name
 */
record KeyFile(
    Path path,
    Optional<Signer> signer,
    Optional<KeyBlob> publicKey,
    Optional<CertificateFile> certificate,
    Optional<String> problem) {

  static KeyFile withPrivateKey(Path path, FileKey key) {
    return new KeyFile(
        path, Optional.of(key), Optional.of(key.key()), Optional.empty(), Optional.empty());
  }

  static KeyFile withoutPrivateKey(Path path, Optional<KeyBlob> publicKey, String problem) {
    return new KeyFile(path, Optional.empty(), publicKey, Optional.empty(), Optional.of(problem));
  }

  KeyFile with(CertificateFile beside) {
    return new KeyFile(path, signer, publicKey, Optional.of(beside), problem);
  }
}
