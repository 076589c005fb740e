package culvert.ssh;

/**
 * What happens between Culvert and SSH servers. Called on any event loop; must not block.
 *
 * <p>Every {@link #loggedIn} is followed by exactly one {@link #ended}, with the same object.
 */
public interface SshEvents extends HostKeyEvents {

  /** Nobody hears of it. */
  SshEvents NONE =
      new SshEvents() {
        @Override
        public void accepted(SshServer server, String key) {}

        @Override
        public void changed(SshServer server, HostKeyChange change, String key, String how) {}

        @Override
        public void loggedIn(SshServer server) {}

        @Override
        public void loginFailed(SshServer server, SshFailure failure) {}

        @Override
        public void ended(SshServer server) {}
      };

  /** A connection has logged in. */
  void loggedIn(SshServer server);

  /** One has not, at a server that was reached and has proved its host key. */
  void loginFailed(SshServer server, SshFailure failure);

  /** A connection that had logged in has ended. */
  void ended(SshServer server);
}
