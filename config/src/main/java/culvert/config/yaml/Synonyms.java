package culvert.config.yaml;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Words of other programs, and what they are called here. */
final class Synonyms {
  /** The words, and behind the colon what they may mean; the first that is possible is taken. */
  private static final List<String> TABLE =
      List.of(
          "deny drop reject refuse forbid prohibit disallow: block refuse",
          "allow permit accept pass bypass proxy plaintext clear: direct plain",
          "plain: direct",
          "ssh ftps sftp ftp encrypt encrypted secure: ftp-tunnel",
          "tcp forward: tunnel",
          "any all always on yes enable enabled 1: true yes",
          "no off never disable disabled 0: none false off accept-new",
          "ask new trust tofu: accept-new",
          "strict: yes",
          "pubkey public-key key keys rsa ed25519 identity: publickey identity-file",
          "keyboard kbdint kbd-interactive interactive challenge-response pam:"
              + " keyboard-interactive",
          "pw pwd passwd pass: password",
          "passphrase: identity-passphrase",
          "ssh-key private-key keyfile key-file id-file: identity-file",
          "cert certificate: certificate-file",
          "agent ssh-auth-sock: identity-agent",
          "server hostname address destination dest dst: host",
          "username login account: user",
          "knownhosts user-known-hosts-file: known-hosts",
          "strict stricthostkeychecking host-key-checking: strict-host-key-checking",
          "timeout connecttimeout: connect-timeout",
          "keepalive keep-alive serveraliveinterval: server-alive-interval",
          "jump proxyjump bastion: proxy-jump",
          "http-proxy socks-proxy: proxy",
          "kex kexalgorithms: kex-algorithms",
          "bind listen socks5 socks4 port: socks",
          "acl whitelist allowlist clients sources: allow-from",
          "source src from: client",
          "program process app command exe: application",
          "uid owner run-as: os-user",
          "net subnet cidr ip: network",
          "default default-policy policy: default-action",
          "verdict then do: action",
          "when if: match",
          "metrics health: admin",
          "state statedir data-dir: state-directory",
          "pin pins: pin-tunnelled",
          "timedout timeout connection-refused down: unreachable",
          "auth login authentication-failed denied: auth-failed",
          "anonymous: no-identity",
          "pasv: passive",
          "active port: remote-forward",
          "wait stop: block",
          "discard lose: drop",
          "slice slices control-group control-groups: cgroups",
          "all-users anybody anyone: everybody",
          "fail-closed refuse reject: closed",
          "fail-open direct: open");

  /** What somebody should know before taking such a word. */
  private static final Map<String, String> MEANINGS =
      Map.of(
          "direct", "in plaintext",
          "block", "refused",
          "accept-new", "a changed key is refused");

  private static final Map<String, List<String>> ALL = all();

  private Synonyms() {}

  private static Map<String, List<String>> all() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String row : TABLE) {
      String[] sides = row.split(": ", 2);
      for (String word : sides[0].split(" ", -1)) {
        all.merge(
            word,
            List.of(sides[1].split(" ", -1)),
            (one, two) -> Stream.concat(one.stream(), two.stream()).toList());
      }
    }
    return Map.copyOf(all);
  }

  /** Which of the candidates the word stands for. */
  static Optional<String> of(String normal, Collection<String> candidates) {
    return ALL.getOrDefault(normal, List.of()).stream().filter(candidates::contains).findFirst();
  }

  /**
   * What the candidate means, in brackets, with a space before them; empty where nothing needs to
   * be said. `block` alone is no action, but a key's value elsewhere.
   */
  static String meaning(String word, String candidate, Collection<String> candidates) {
    boolean synonym = ALL.getOrDefault(Suggestions.normal(word), List.of()).contains(candidate);
    boolean action = candidates.contains("direct") || !candidate.equals("block");
    return synonym && action && MEANINGS.containsKey(candidate)
        ? " (" + MEANINGS.get(candidate) + ")"
        : "";
  }
}
