package culvert.it;

import culvert.it.peers.CurlClient;
import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Culvert for jobs of all kinds. Their destinations are told apart by its rules, and all of them
 * are one vsftpd: at 127.0.0.1 they are tunnelled, at localhost they fall back, at changed.example
 * a changed host key refuses them, and at blocked.example a rule.
 *
 * @param peers with an sshd and a vsftpd
 */
record MixedSite(Peers peers) {
  private static final String OTHER_KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1oVQ5vGHSTCR2B0nyY3wFwEhHXsPVFUyOAKtMQLbW2";

  Path trail() {
    return peers.directory().resolve("state").resolve("audit.jsonl");
  }

  Culvert start() throws IOException {
    Path changed = peers.directory().resolve("changed");
    Files.writeString(changed, "[127.0.0.1]:" + peers.sshd().port() + " " + OTHER_KEY + "\n");
    String known = "known-hosts: " + peers.config().knownHosts();
    String strict = ", strict-host-key-checking: yes";
    return Culvert.start(
        """
        listeners: [{ name: socks, socks: '127.0.0.1:0' }]
        admin: 127.0.0.1:0
        profiles:
          gate: { host: 127.0.0.1, port: %1$d, %2$s%3$s }
          closed: { host: 127.0.0.1, port: 1, %2$s%3$s }
          changed: { host: 127.0.0.1, port: %1$d, known-hosts: %4$s%3$s }
        rules:
          - { name: closed, match: { host: localhost }, action: ftp-tunnel, profile: closed, fallback: plain, target: "127.0.0.1:%5$d" }
          - { name: changed, match: { host: changed.example }, action: ftp-tunnel, profile: changed, fallback: plain, target: "127.0.0.1:%5$d" }
          - { name: blocked, match: { host: blocked.example }, action: block }
          - { name: jobs, match: { port: %5$d }, action: ftp-tunnel, profile: gate, fallback: plain, fallback-on: [unreachable] }
        ftp: { ports: [%5$d] }
        pin-tunnelled: false
        state-directory: %6$s
        """
            .formatted(
                peers.sshd().port(),
                known,
                strict,
                changed,
                peers.vsftpd().port(),
                trail().getParent()));
  }

  /** The URL of a file in the peers' home, at that destination. */
  String url(String host, String file) {
    return peers.url(file).replace("127.0.0.1", host);
  }

  /** Uploads the file to that destination, under that name. */
  Run<String> put(CurlClient curl, TestFile file, String host, String name) {
    return curl.text("--upload-file", file.path().toString(), url(host, name));
  }
}
