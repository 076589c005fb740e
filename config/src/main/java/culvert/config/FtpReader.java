package culvert.config;

import java.util.List;

/** The section {@code ftp}, of the file and of a rule. */
final class FtpReader {
  private static final Key<List<PortRange>> PORTS =
      Key.of("ports", Values.listOf(Endpoints.PORTS), "[21]");
  private static final Key<String> ACTIVE_MODE =
      Key.of("active-mode", Values.word("passive", "remote-forward"), "passive");
  private static final Key<String> DATA_CONNECTIONS =
      Key.of("data-connections", Values.word("socks", "listener"), "socks");
  private static final Key<String> PASSIVE_ADDRESS =
      Key.of("passive-address", Values.word("control-host", "announced"), "control-host");
  private static final Key<String> AUTH_TLS =
      Key.of("auth-tls", Values.word("refuse", "pass-through"), "refuse");

  static final List<Key<?>> KEYS =
      List.of(PORTS, ACTIVE_MODE, DATA_CONNECTIONS, PASSIVE_ADDRESS, AUTH_TLS);

  private FtpReader() {}

  static FtpOptions read(YamlValue value, Reading reading) {
    Section section = Section.of("ftp", value, KEYS, reading);
    return override(section, new FtpOptions(section.get(PORTS)));
  }

  /** A rule's {@code ftp}: what it leaves out is as in the file's. */
  static FtpOptions override(YamlValue value, FtpOptions base, Reading reading) {
    return override(Section.of("ftp", value, KEYS, reading), base);
  }

  private static FtpOptions override(Section section, FtpOptions base) {
    section.optional(ACTIVE_MODE);
    section.optional(DATA_CONNECTIONS);
    section.optional(PASSIVE_ADDRESS);
    section.optional(AUTH_TLS);
    return new FtpOptions(section.optional(PORTS).orElse(base.ports()));
  }
}
