package culvert.ssh.mina.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuthMethod;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However much a server says, looking for the password in it takes no event loop's time. */
class SpokenMessagesTest {
  private static final String PASSWORD = "kanarienvogel";

  /** Its start positions are about as many. */
  private static final String KIBIBYTE = "x".repeat(1023 + PASSWORD.length());

  private final Map<Object, Object> attributes = new HashMap<>();
  private final ClientSession session =
      (ClientSession)
          Proxy.newProxyInstance(
              ClientSession.class.getClassLoader(),
              new Class<?>[] {ClientSession.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                    case "getAttribute" -> attributes.get(arguments[0]);
                    default -> null;
                  });

  @BeforeEach
  void begin() {
    SshServer server = new SshServer(Profiles.with(AuthMethod.PASSWORD).port(22), "127.0.0.1");
    try (LoginFactory logins = new LoginFactory(Runnable::run, new IdentityLoader())) {
      logins
          .prepare(server, "alice", Optional.of(new Password(PASSWORD.getBytes(UTF_8))))
          .attach(session, Runnable::run, Login.Turns.UNTOLD);
    }
  }

  private String banner(String words) {
    Buffer message = message(SshConstants.SSH_MSG_USERAUTH_BANNER);
    message.putString(words);
    message.putString("en");
    return heard(message, 1);
  }

  private String debug(String words) {
    Buffer message = message(SshConstants.SSH_MSG_DEBUG);
    message.putBoolean(true);
    message.putString(words);
    message.putString("en");
    return heard(message, 2);
  }

  private String failure(String methods) {
    Buffer message = message(SshConstants.SSH_MSG_USERAUTH_FAILURE);
    message.putString(methods);
    message.putBoolean(false);
    return heard(message, 1);
  }

  private static Buffer message(byte command) {
    Buffer message = new ByteArrayBuffer();
    message.putByte(command);
    return message;
  }

  private String heard(Buffer message, int bytesBefore) {
    Buffer heard = SpokenMessages.heard(session, message);
    heard.rpos(heard.rpos() + bytesBefore);
    return heard.getString();
  }

  @Test
  void soMuchIsLookedThroughAndNoMoreOfOneSession() {
    for (int i = 0; i < 100; i++) {
      banner(KIBIBYTE);
    }
    assertThat(banner("a word for everybody")).isEqualTo(ServerWords.NOT_REPEATED);
  }

  @Test
  void wordsThatStandInOneLineAreLookedThroughOnce() {
    String words = "x".repeat(255 + PASSWORD.length());
    for (int i = 0; i < 256; i++) {
      assertThat(banner(words)).isEqualTo(words);
    }
    assertThat(banner(words)).isEqualTo(ServerWords.NOT_REPEATED);
  }

  @Test
  void wordsThatNobodyReadsAreNotLookedThrough() {
    for (int i = 0; i < 1000; i++) {
      assertThat(debug(KIBIBYTE)).isEqualTo(ServerWords.LEFT_OUT);
    }
    assertThat(debug(PASSWORD)).isEqualTo(ServerWords.LEFT_OUT);
    assertThat(banner("a word for everybody")).isEqualTo("a word for everybody");
  }

  @Test
  void methodsThatNobodyKnowsAreOneAndAreNotLookedThrough() {
    assertThat(failure("x,".repeat(128 * 1024) + "publickey," + PASSWORD + ",gssapi-with-mic"))
        .isEqualTo("(left out),publickey,gssapi-with-mic");
    assertThat(failure("")).isEmpty();
    assertThat(banner("a word for everybody")).isEqualTo("a word for everybody");
  }
}
