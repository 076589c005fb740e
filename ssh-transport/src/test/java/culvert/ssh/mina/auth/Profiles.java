package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import culvert.config.HostKeyPolicy;
import culvert.config.RekeyLimit;
import culvert.config.Secret;
import culvert.config.SshAlgorithms;
import culvert.config.SshLogin;
import culvert.config.SshPooling;
import culvert.config.SshProfile;
import culvert.config.SshTimeouts;
import culvert.config.SshUser;
import culvert.config.SshWay;
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
    return new SshProfile(
        "test",
        Optional.empty(),
        port,
        new SshUser.FromFtp(),
        new SshLogin(
            methods,
            password,
            Charset.forName("windows-1252"),
            identityFiles,
            passphrase,
            certificateFiles,
            agent,
            identitiesOnly),
        new HostKeyPolicy(true, List.of(), Optional.empty(), false),
        new SshWay.Direct(),
        new SshTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(15), 3),
        new SshPooling(Duration.ofSeconds(60), Duration.ofHours(12), 2, Duration.ofSeconds(60)),
        SshAlgorithms.STANDARD,
        RekeyLimit.ofBytes(1L << 30));
  }
}
