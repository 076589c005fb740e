package culvert.testing;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.SshConstants;

/** Counts what an SSH server was sent. Thread-safe. */
final class ReceivedMessages {
  private static final int LAST_LOGIN_MESSAGE = 79; // RFC 4250 section 4.1.2: 50 to 79

  private final AtomicLong authenticationBytes = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger keyExchanges = new AtomicInteger();

  void connected() {
    connections.incrementAndGet();
  }

  void message(int command, int length) {
    if (belongsToLogin(command)) {
      authenticationBytes.addAndGet(length);
    }
    if (command == SshConstants.SSH_MSG_NEWKEYS) {
      keyExchanges.incrementAndGet();
    }
  }

  long authenticationBytes() {
    return authenticationBytes.get();
  }

  int connections() {
    return connections.get();
  }

  int keyExchanges() {
    return keyExchanges.get();
  }

  /** The service request is what a login begins with. */
  static boolean belongsToLogin(int command) {
    return command == SshConstants.SSH_MSG_SERVICE_REQUEST
        || (command >= SshConstants.SSH_MSG_USERAUTH_REQUEST && command <= LAST_LOGIN_MESSAGE);
  }
}
