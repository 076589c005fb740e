package culvert.proxy.door;

import culvert.ssh.BindAddress;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;

/**
 * The remote forward by which a client has come: it connected to the SSH server, and its addresses
 * are the server's.
 *
 * @param session whose forward it is; the forward's owner gives it back
 * @param bound where the server listens
 */
public record ForwardedBy(SshSession session, SshServer server, String user, BindAddress bound) {}
