package culvert.demo;

import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.proxy.ProxyDaemon;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Culvert as the demo configures it. */
final class DemoProxy implements AutoCloseable {
  private final ProxyDaemon daemon;

  private DemoProxy(ProxyDaemon daemon) {
    this.daemon = daemon;
  }

  /**
   * Starts it.
   *
   * @param directory for known_hosts and state
   * @param socksPort 0: a free one
   */
  static DemoProxy start(Path directory, int socksPort, EmbeddedSshServer sshServer, int ftpPort)
      throws IOException {
    Path knownHosts = directory.resolve("known_hosts");
    Files.writeString(knownHosts, sshServer.knownHostsLine() + System.lineSeparator());
    String profile =
        ("host: 127.0.0.1, port: %d, authentication: password, strict-host-key-checking: yes,"
                + " known-hosts: '%s'")
            .formatted(sshServer.port(), knownHosts);
    String yaml =
        """
        listeners:
          - { name: socks, socks: "127.0.0.1:%1$d" }
          - { name: strict, socks: "127.0.0.1:0" }
        profiles:
          demo: { %4$s, connect-timeout: 20s }
          impatient: { %4$s, connect-timeout: 2s }
        rules:
          - name: strict-jobs
            match: { port: %2$d, listener: strict }
            action: ftp-tunnel
            profile: impatient
            fallback: none
          - name: jobs
            match: { port: %2$d }
            action: ftp-tunnel
            profile: demo
            fallback: plain
        ftp: { ports: [%2$d] }
        pin-tunnelled: false
        state-directory: '%3$s'
        """
            .formatted(socksPort, ftpPort, directory.resolve("state"), profile);
    return new DemoProxy(
        ProxyDaemon.start(
            new ConfigLoader(Environment.ofProcess()).loadString(yaml, "demo.yaml").orThrow()));
  }

  /** The proxy port for jobs that may fall back to plaintext. */
  int port() {
    return daemon.addresses().get(0).getPort();
  }

  /** The proxy port for jobs that may not. */
  int strictPort() {
    return daemon.addresses().get(1).getPort();
  }

  @Override
  public void close() {
    daemon.close();
  }
}
