package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What connections do that show a new key. */
final class FirstLogin {
  private FirstLogin() {}

  /** The login succeeds. */
  static HostKeyVerdict succeeds(
      HostKeyStore store, List<Path> files, LookupNames names, HostKey key, Object client)
      throws IOException {
    Acceptance acceptance = store.accept(files, names, key, client);
    acceptance.loginBegins();
    try {
      return store.remember(acceptance);
    } finally {
      acceptance.end();
    }
  }

  /** The password is wrong. */
  static HostKeyVerdict fails(
      HostKeyStore store, List<Path> files, LookupNames names, HostKey key, Object client)
      throws IOException {
    Acceptance acceptance = store.accept(files, names, key, client);
    acceptance.loginBegins();
    acceptance.end();
    return acceptance.verdict();
  }
}
