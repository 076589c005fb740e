package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * The messages with a server's free text in them, as everybody behind this hears them: MINA, its
 * log, its exceptions and Culvert's. Their words are those that {@link ServerWords} repeats; what
 * nobody is to read and their language are left out. Confined to the session's thread.
 */
final class SpokenMessages {
  /** Those of RFC 4252 and RFC 4462 that are not ours, and no name at all. */
  private static final Set<String> KNOWN_METHODS =
      Stream.concat(
              Stream.of("", "none", "hostbased", "gssapi-with-mic", "gssapi-keyex"),
              Arrays.stream(AuthMethod.values()).map(AuthMethod::toString))
          .collect(Collectors.toUnmodifiableSet());

  private SpokenMessages() {}

  /** The message, or another in its place. */
  static Buffer heard(ClientSession session, Buffer message) {
    return switch (message.rawByte(message.rpos())) {
      case SshConstants.SSH_MSG_DISCONNECT -> {
        int start = message.rpos();
        Login.attachedTo(session).ifPresent(login -> login.disconnected(parting(message)));
        message.rpos(start);
        yield spoken(session, message, Integer.BYTES); // RFC 4253 section 11.1: reason
      }
      case SshConstants.SSH_MSG_DEBUG -> silenced(message);
      case SshConstants.SSH_MSG_USERAUTH_BANNER ->
          spoken(session, message, 0); // RFC 4252 section 5.4
      case SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE ->
          spoken(session, message, 2 * Integer.BYTES); // RFC 4254 section 5.1: channel, reason
      case SshConstants.SSH_MSG_USERAUTH_FAILURE -> offering(message);
      default -> message;
    };
  }

  private static String parting(Buffer message) {
    message.getByte();
    message.getInt();
    return ServerWords.inOneLine(message.getBytes());
  }

  private static Buffer spoken(ClientSession session, Buffer message, int bytesBefore) {
    Buffer repeated = beginning(message, 1 + bytesBefore);
    repeated.putString(words(session).repeat(message.getBytes()));
    repeated.putString(""); // language
    return repeated;
  }

  /** RFC 4253 section 11.3: behind whether to display it always. */
  private static Buffer silenced(Buffer message) {
    Buffer silenced = beginning(message, 2);
    silenced.putString(ServerWords.LEFT_OUT);
    silenced.putString(""); // language
    return silenced;
  }

  /** The methods' names (RFC 4252 section 5.1), of which anybody may invent more. */
  private static Buffer offering(Buffer message) {
    Buffer repeated = beginning(message, 1);
    repeated.putString(
        Arrays.stream(message.getString().split(",", -1))
            .map(name -> KNOWN_METHODS.contains(name) ? name : ServerWords.LEFT_OUT)
            .distinct()
            .collect(Collectors.joining(",")));
    repeated.putBoolean(message.getBoolean());
    return repeated;
  }

  private static Buffer beginning(Buffer message, int bytes) {
    byte[] beginning = new byte[bytes];
    message.getRawBytes(beginning);
    return new ByteArrayBuffer(beginning);
  }

  private static ServerWords words(ClientSession session) {
    return Login.attachedTo(session).map(Login::words).orElse(ServerWords.WITHOUT_SECRET);
  }
}
