package culvert.ssh;

/** What happens to the host keys of SSH servers. Called on any event loop; must not block. */
public interface HostKeyEvents {

  /**
   * Nothing was known of the server, and its key has been taken for good: somebody has logged in.
   *
   * @param key its type and fingerprint
   */
  void accepted(SshServer server, String key);

  /**
   * The server shows another key than the ones that are known, or one that is revoked. Nobody logs
   * in.
   *
   * @param key that it shows
   * @param how for people, with what is known
   */
  void changed(SshServer server, HostKeyChange change, String key, String how);
}
