package culvert.proxy.audit;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.event.ClientProgram;
import culvert.proxy.event.Endpoints;
import culvert.proxy.event.SshCarrier;
import culvert.proxy.event.Story;
import culvert.proxy.event.Way;
import culvert.ssh.SshSecurity;
import io.netty.util.NetUtil;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the trail says of a story, in its words. */
final class JobFields {
  private static final String UNKNOWN = "unknown";

  private JobFields() {}

  static Map<String, Object> client(Story story, ClientProgram owner) {
    return new Fields()
        .put("address", NetUtil.toAddressString(story.client().getAddress()))
        .put("port", story.client().getPort())
        .put("os_user", osUser(owner))
        .put("program", owner.programs().isEmpty() ? UNKNOWN : owner.programs().get(0))
        .put("programs", owner.programs())
        .put("socks_user", story.socksUser())
        .map();
  }

  /** Its name, if it has one. */
  private static String osUser(ClientProgram owner) {
    return owner.users().stream()
        .max(
            Comparator.comparing((String name) -> !name.chars().allMatch(Character::isDigit))
                .thenComparing(Comparator.reverseOrder()))
        .orElse(UNKNOWN);
  }

  /**
   * Of a way that it has taken.
   *
   * @param asked what the front door was asked for
   */
  static Map<String, Object> destination(ConnectionRequest asked, Way way) {
    ConnectionRequest request = way.request();
    Optional<String> resolved =
        request.address() instanceof DestinationAddress.Known known
            ? Optional.of(NetUtil.toAddressString(known.address()))
            : Optional.empty();
    Optional<String> reached = way.reached().map(NetUtil::toAddressString);
    return new Fields()
        .put("asked", Endpoints.text(asked.host(), asked.port()))
        .put("host", request.host())
        .put("address", reached.or(() -> resolved))
        .put("addresses", Stream.concat(resolved.stream(), reached.stream()).distinct().toList())
        .put("port", request.port())
        .map();
  }

  static Map<String, Object> ssh(SshCarrier carrier) {
    Fields fields = new Fields().put("server", carrier.server()).put("user", carrier.user());
    carrier.security().ifPresent(security -> add(fields, security));
    return fields.map();
  }

  private static void add(Fields fields, SshSecurity security) {
    fields
        .put("method", security.method())
        .put("host_key", security.hostKey())
        .put("kex", security.kex())
        .put("cipher", security.cipher());
  }
}
