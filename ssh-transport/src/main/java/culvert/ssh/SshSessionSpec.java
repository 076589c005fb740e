package culvert.ssh;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Whose session with which server.
 *
 * @param password from the FTP dialogue; empty where the profile needs none from there
 * @param client sessions are not shared between client hosts
 */
public record SshSessionSpec(
    SshServer server, String user, Optional<Password> password, InetAddress client) {}
