package culvert.ssh.mina.channel;

import culvert.ssh.Printable;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.TunnelTarget;
import org.apache.sshd.common.SshConstants;

/** Puts the server's refusal of a channel into the words of the border and of OpenSSH. */
final class OpenFailures {
  private OpenFailures() {}

  /**
   * The failure.
   *
   * @param reasonCode RFC 4254 section 5.1
   * @param message the server's
   */
  static SshException of(int reasonCode, TunnelTarget target, String message) {
    return new SshException(
        failure(reasonCode),
        "channel to %s refused: %s: %s"
            .formatted(target, words(reasonCode), Printable.text(message)));
  }

  private static SshFailure failure(int reasonCode) {
    return switch (reasonCode) {
      case SshConstants.SSH_OPEN_CONNECT_FAILED -> SshFailure.TARGET_UNREACHABLE;
      case SshConstants.SSH_OPEN_RESOURCE_SHORTAGE -> SshFailure.SESSION_FULL;
      default -> SshFailure.FORWARDING_REFUSED;
    };
  }

  private static String words(int reasonCode) {
    return switch (reasonCode) {
      case SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED -> "administratively prohibited";
      case SshConstants.SSH_OPEN_CONNECT_FAILED -> "connect failed";
      case SshConstants.SSH_OPEN_UNKNOWN_CHANNEL_TYPE -> "unknown channel type";
      case SshConstants.SSH_OPEN_RESOURCE_SHORTAGE -> "resource shortage";
      default -> "reason " + reasonCode;
    };
  }
}
