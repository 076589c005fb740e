package culvert.config;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to log in with; words of ssh_config(5).
 *
 * @param authentication the methods to try, in this order; empty: nobody can log in
 * @param password empty: {@code from-ftp}
 * @param charset of FTP names and passwords that are not valid UTF-8
 * @param identityFiles private keys, tilde expanded
 * @param certificateFiles OpenSSH user certificates, tilde expanded
 * @param identityAgent the socket of an SSH agent; empty: none
 * @param identitiesOnly whether of the agent's keys only those are used that an identity file or a
 *     certificate names
 */
public record SshLogin(
    List<AuthMethod> authentication,
    Optional<Secret> password,
    Charset charset,
    List<Path> identityFiles,
    Optional<Secret> identityPassphrase,
    List<Path> certificateFiles,
    Optional<Path> identityAgent,
    boolean identitiesOnly) {

  public SshLogin {
    authentication = List.copyOf(authentication);
    identityFiles = List.copyOf(identityFiles);
    certificateFiles = List.copyOf(certificateFiles);
  }

  /** The same by those methods, with no password for anything but keys. */
  SshLogin withoutPassword(List<AuthMethod> methods) {
    return new SshLogin(
        methods,
        Optional.empty(),
        charset,
        identityFiles,
        identityPassphrase,
        certificateFiles,
        identityAgent,
        identitiesOnly);
  }
}
