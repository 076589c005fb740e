package culvert.config.read;

import culvert.config.FtpOptions;
import culvert.config.FtpSettings;
import culvert.config.FtpSettings.ActiveMode;
import culvert.config.FtpSettings.AuthTls;
import culvert.config.FtpSettings.DataConnections;
import culvert.config.FtpSettings.PassiveAddress;
import culvert.config.PortRange;
import culvert.config.yaml.YamlValue;
import java.util.List;

/** The section {@code ftp}, of the file and of a rule. */
final class FtpReader {
  private static final Key<List<PortRange>> PORTS =
      Key.of("ports", ValueTypes.listOf(Endpoints.PORTS), "[21]");
  private static final Key<ActiveMode> ACTIVE_MODE =
      Key.of("active-mode", ValueTypes.word(ActiveMode.values()), "passive");
  private static final Key<DataConnections> DATA_CONNECTIONS =
      Key.of("data-connections", ValueTypes.word(DataConnections.values()), "socks");
  private static final Key<PassiveAddress> PASSIVE_ADDRESS =
      Key.of("passive-address", ValueTypes.word(PassiveAddress.values()), "control-host");
  private static final Key<AuthTls> AUTH_TLS =
      Key.of("auth-tls", ValueTypes.word(AuthTls.values()), "refuse");

  static final List<Key<?>> KEYS =
      List.of(PORTS, ACTIVE_MODE, DATA_CONNECTIONS, PASSIVE_ADDRESS, AUTH_TLS);

  private FtpReader() {}

  static FtpOptions read(YamlValue value, Reading reading) {
    Section section = Section.of("ftp", value, KEYS, reading);
    return override(section, new FtpOptions(section.get(PORTS), FtpSettings.STANDARD));
  }

  /** A rule's {@code ftp}: what it leaves out is as in the file's. */
  static FtpOptions override(YamlValue value, FtpOptions base, Reading reading) {
    return override(Section.of("ftp", value, KEYS, reading), base);
  }

  private static FtpOptions override(Section section, FtpOptions base) {
    FtpSettings settings = base.settings();
    return new FtpOptions(
        section.optional(PORTS).orElse(base.ports()),
        new FtpSettings(
            section.optional(ACTIVE_MODE).orElse(settings.activeMode()),
            section.optional(DATA_CONNECTIONS).orElse(settings.dataConnections()),
            section.optional(PASSIVE_ADDRESS).orElse(settings.passiveAddress()),
            section.optional(AUTH_TLS).orElse(settings.authTls())));
  }
}
