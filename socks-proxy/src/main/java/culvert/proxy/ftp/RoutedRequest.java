package culvert.proxy.ftp;

import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision.Decided;
import java.util.Optional;

/**
 * A request and what the rules say of it.
 *
 * @param request with what resolving its name has brought: a known address is the one to connect
 *     directly
 * @param profile how to reach the SSH server; empty where the route has none
 */
public record RoutedRequest(
    ConnectionRequest request, Decided decided, Optional<SshProfile> profile) {}
