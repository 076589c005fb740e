package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import culvert.config.Secret;
import culvert.config.SshLogin;
import culvert.config.SshProfile;
import culvert.ssh.mina.TestProfiles;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Profiles for logins. */
record Profiles(
    List<AuthMethod> methods,
    Optional<Secret> password,
    List<Path> identityFiles,
    Optional<Secret> passphrase,
    List<Path> certificateFiles,
    Optional<Path> agent,
    boolean identitiesOnly) {

  static Profiles with(AuthMethod... methods) {
    return new Profiles(
        List.of(methods),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        false);
  }

  Profiles password(String secret) {
    return new Profiles(
        methods,
        Optional.of(new Secret(secret)),
        identityFiles,
        passphrase,
        certificateFiles,
        agent,
        identitiesOnly);
  }

  Profiles keys(Path... files) {
    return new Profiles(
        methods, password, List.of(files), passphrase, certificateFiles, agent, identitiesOnly);
  }

  Profiles passphrase(String secret) {
    return new Profiles(
        methods,
        password,
        identityFiles,
        Optional.of(new Secret(secret)),
        certificateFiles,
        agent,
        identitiesOnly);
  }

  Profiles certificates(Path... files) {
    return new Profiles(
        methods, password, identityFiles, passphrase, List.of(files), agent, identitiesOnly);
  }

  Profiles agent(Path socket) {
    return new Profiles(
        methods,
        password,
        identityFiles,
        passphrase,
        certificateFiles,
        Optional.of(socket),
        identitiesOnly);
  }

  SshProfile port(int port) {
    return port(port, Duration.ofSeconds(10));
  }

  SshProfile port(int port, Duration loginTimeout) {
    return TestProfiles.profile(
        port,
        loginTimeout,
        new SshLogin(
            methods,
            password,
            Charset.forName("windows-1252"),
            identityFiles,
            passphrase,
            certificateFiles,
            agent,
            identitiesOnly));
  }
}
