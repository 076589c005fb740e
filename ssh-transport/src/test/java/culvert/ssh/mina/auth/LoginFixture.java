package culvert.ssh.mina.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import culvert.config.AuthMethod;
import culvert.ssh.Password;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientConnectionServiceFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.CommonModuleProperties;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.auth.AsyncAuthException;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.auth.keyboard.UserAuthKeyboardInteractive;
import org.apache.sshd.server.auth.password.PasswordChangeRequiredException;
import org.apache.sshd.server.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.session.ServerSession;

/** A real server with scripted answers, and logins to it. */
final class LoginFixture implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** One INFO_REQUEST; a question with a leading {@code +} is echoed. */
  record Round(List<String> questions) {
    static Round asking(String... questions) {
      return new Round(List.of(questions));
    }
  }

  private final org.apache.sshd.server.SshServer server =
      org.apache.sshd.server.SshServer.setUpDefaultServer();
  private final SshClient client = SshClient.setUpDefaultClient();
  private final ExecutorService blocking =
      Executors.newSingleThreadExecutor(r -> new Thread(r, "signer"));
  private final List<String> signers = new CopyOnWriteArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private volatile String rightPassword = "";
  private final AtomicInteger expiredTries = new AtomicInteger();
  private volatile boolean hangUp;
  private volatile Optional<String> remark = Optional.empty();
  private volatile Optional<String> farewell = Optional.empty();
  private volatile boolean namesNoMethod;
  private volatile boolean hangUpOnKey;
  private final CountDownLatch keysShown = new CountDownLatch(1);
  private volatile CountDownLatch keysWait = new CountDownLatch(0);
  private volatile List<Round> rounds = List.of();
  private volatile List<PublicKey> authorizedKeys = List.of();
  private volatile Optional<Login> last = Optional.empty();

  LoginFixture() throws IOException {
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
    server.setPasswordAuthenticator(
        (user, password, session) -> {
          seen.add("password:" + password);
          say(session);
          if (hangUp) {
            session.close(true);
          }
          if (namesNoMethod) {
            sayPartialSuccess(session);
            throw new AsyncAuthException(); // never completed
          }
          if (expiredTries.getAndDecrement() > 0) {
            throw new PasswordChangeRequiredException("expired", "new one?", "");
          }
          return password.equals(rightPassword);
        });
    server.setPublickeyAuthenticator(
        (user, key, session) -> {
          if (hangUpOnKey) {
            session.close(true);
          }
          keysShown.countDown();
          awaitUninterruptibly(keysWait);
          boolean right = authorizedKeys.stream().anyMatch(k -> KeyUtils.compareKeys(k, key));
          seen.add("publickey:" + KeyUtils.getKeyType(key) + (right ? ":right" : ":wrong"));
          return right;
        });
    server.setUserAuthFactories(
        List.of(
            UserAuthPasswordFactory.INSTANCE,
            UserAuthPublicKeyFactory.INSTANCE,
            new Interactive()));
    server.start();
    LoginMethods.install(client, ClientConnectionServiceFactory.INSTANCE);
    client.setServerKeyVerifier((session, address, key) -> true);
    client.start();
  }

  LoginFixture password(String right) {
    rightPassword = right;
    return this;
  }

  LoginFixture expiredPassword() {
    expiredTries.set(Integer.MAX_VALUE);
    return this;
  }

  /** The first that is tried has expired, and the others are judged. */
  LoginFixture expiredPasswordOnce() {
    expiredTries.set(1);
    return this;
  }

  LoginFixture hangsUpOnPassword() {
    hangUp = true;
    return this;
  }

  /** Says so to whoever shows a password. */
  LoginFixture remarks(String words) {
    remark = Optional.of(words);
    return this;
  }

  /** Says so to whoever shows a password, and ends the session. */
  LoginFixture disconnects(String words) {
    farewell = Optional.of(words);
    return this;
  }

  private void say(ServerSession session) {
    try {
      if (remark.isPresent()) {
        Buffer banner = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
        banner.putString(remark.get());
        banner.putString(""); // language
        session.writePacket(banner);
      }
      if (farewell.isPresent()) {
        session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, farewell.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A method that nobody knows. */
  LoginFixture offersAlso(String name) {
    List<UserAuthFactory> methods = new ArrayList<>(server.getUserAuthFactories());
    methods.add(new Unknown(name));
    server.setUserAuthFactories(methods);
    return this;
  }

  private record Unknown(String name) implements UserAuthFactory {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      throw new IllegalStateException(name + ": nobody knows it");
    }
  }

  /** Whoever shows a password hears of a partial success, and of no method that can continue. */
  LoginFixture namesNoMethodAfterPartialSuccess() {
    namesNoMethod = true;
    return this;
  }

  private static void sayPartialSuccess(ServerSession session) {
    try {
      Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_FAILURE);
      packet.putString("");
      packet.putBoolean(true);
      session.writePacket(packet);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LoginFixture hangsUpOnKey() {
    hangUpOnKey = true;
    return this;
  }

  /** Whoever shows a key waits for the end. */
  LoginFixture hangsOnKey() {
    keysWait = new CountDownLatch(1);
    return this;
  }

  /** Until somebody has shown a key. */
  void awaitKey() throws InterruptedException {
    if (!keysShown.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("no key after " + DEADLINE);
    }
  }

  /** Whoever has shown a key gets an answer. */
  void letKeysGo() {
    keysWait.countDown();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  LoginFixture rounds(Round... asked) {
    rounds = List.of(asked);
    return this;
  }

  LoginFixture authorizes(PublicKey... keys) {
    authorizedKeys = List.of(keys);
    return this;
  }

  /** Says of a key that would do that another one would. */
  LoginFixture answersForAnotherKey(PublicKey other) {
    server.setUserAuthFactories(
        List.of(
            UserAuthPasswordFactory.INSTANCE,
            new UserAuthPublicKeyFactory() {
              @Override
              public UserAuthPublicKey createUserAuth(ServerSession session) {
                return new Mistaken(other);
              }
            }));
    return this;
  }

  private static final class Mistaken extends UserAuthPublicKey {
    private final PublicKey other;

    Mistaken(PublicKey other) {
      this.other = other;
    }

    @Override
    protected void sendPublicKeyResponse(
        ServerSession session,
        String user,
        String algorithm,
        PublicKey key,
        byte[] blob,
        int offset,
        int length,
        Buffer request)
        throws Exception {
      Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_PK_OK);
      packet.putString(KeyUtils.getKeyType(other));
      packet.putPublicKey(other);
      session.writePacket(packet);
    }
  }

  /** Accepts certificates for these keys; {@link #seen} has the types. */
  LoginFixture trustsTheAuthorityFor(PublicKey... keys) {
    server.setPublickeyAuthenticator(
        (user, key, session) -> {
          seen.add("publickey:" + KeyUtils.getKeyType(key));
          return key instanceof OpenSshCertificate certificate
              && List.of(keys).stream()
                  .anyMatch(k -> KeyUtils.compareKeys(k, certificate.getCertPubKey()));
        });
    return this;
  }

  /** As AuthenticationMethods of sshd_config: lists by blank, steps by comma. */
  LoginFixture requires(String methods) {
    CoreModuleProperties.AUTH_METHODS.set(server, methods);
    return this;
  }

  LoginFixture maxTries(int tries) {
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, tries);
    return this;
  }

  /** MINA's hex dumps without line breaks, so that nothing hides between two lines. */
  LoginFixture dumpInOnePiece() {
    CommonModuleProperties.HEXDUMP_CHUNK_SIZE.set(client, 1 << 16);
    CommonModuleProperties.HEXDUMP_CHUNK_SIZE.set(server, 1 << 16);
    return this;
  }

  /** Every command reads its input to the end and does nothing with it. */
  LoginFixture swallowsCommands() {
    server.setCommandFactory((channel, line) -> new Swallower());
    return this;
  }

  /** Logs in and sends the octets to a command; returns when the command has read them. */
  void loginAndSend(String password, byte[] octets) throws Exception {
    SshServer target =
        new SshServer(Profiles.with(AuthMethod.PASSWORD).port(server.getPort()), "127.0.0.1");
    Login login =
        new LoginFactory(this::sign, new IdentityLoader())
            .prepare(target, "alice", Optional.of(new Password(password.getBytes(UTF_8))));
    try (ClientSession session =
        client.connect("-", "127.0.0.1", server.getPort()).verify(DEADLINE).getClientSession()) {
      login.attach(session, Runnable::run, Login.Turns.UNTOLD);
      session.auth().verify(DEADLINE);
      try (ChannelExec command = session.createExecChannel("swallow")) {
        command.open().verify(DEADLINE);
        command.getInvertedIn().write(octets);
        command.getInvertedIn().close();
        command.waitFor(List.of(ClientChannelEvent.CLOSED), DEADLINE);
      }
    } finally {
      login.wipe();
    }
  }

  /** The threads that signed. */
  List<String> signers() {
    return signers;
  }

  int port() {
    return server.getPort();
  }

  /** What reached the server, in order. */
  List<String> seen() {
    return seen;
  }

  String course() {
    return last.orElseThrow().course();
  }

  /** What the last login makes of it. */
  SshException failure(Throwable cause) {
    return last.orElseThrow().failure(cause);
  }

  Optional<SshException> login(Profiles profile, String ftpPassword) throws Exception {
    return login(profile, ftpPassword.getBytes(UTF_8));
  }

  Optional<SshException> login(Profiles profile) throws Exception {
    return login(profile, "alice", Optional.empty());
  }

  Optional<SshException> login(Profiles profile, byte[] ftpPassword) throws Exception {
    return loginAs("alice", profile, ftpPassword);
  }

  Optional<SshException> loginAs(String user, Profiles profile, byte[] ftpPassword)
      throws Exception {
    return login(profile, user, Optional.of(new Password(ftpPassword)));
  }

  /** The failure; empty: logged in. */
  private Optional<SshException> login(Profiles profile, String user, Optional<Password> password)
      throws Exception {
    IdentityLoader noDefaults = new IdentityLoader();
    SshServer target = new SshServer(profile.port(server.getPort()), "127.0.0.1");
    LoginFactory logins = new LoginFactory(this::sign, noDefaults);
    Login login = logins.prepare(target, user, password);
    last = Optional.of(login);
    if (login.nothingToTry().isPresent()) {
      return login.nothingToTry();
    }
    try (ClientSession session =
        client.connect("-", "127.0.0.1", server.getPort()).verify(DEADLINE).getClientSession()) {
      session.waitFor(List.of(ClientSession.ClientSessionEvent.WAIT_AUTH), DEADLINE);
      login.attach(session, Runnable::run, Login.Turns.UNTOLD);
      var auth = session.auth();
      auth.await(DEADLINE);
      return auth.isSuccess() ? Optional.empty() : Optional.of(login.failure(auth.getException()));
    } finally {
      login.wipe();
      logins.close();
    }
  }

  private void sign(Runnable task) {
    blocking.execute(
        () -> {
          signers.add(Thread.currentThread().getName());
          task.run();
        });
  }

  @Override
  public void close() throws IOException {
    keysWait.countDown();
    client.stop();
    server.stop(true);
    blocking.shutdownNow();
  }

  private static final class Swallower extends AbstractCommandSupport {
    Swallower() {
      super("swallow", null);
    }

    @Override
    public void run() {
      try {
        getInputStream().transferTo(OutputStream.nullOutputStream());
        onExit(0);
      } catch (IOException e) {
        onExit(1, e.getMessage());
      }
    }
  }

  private final class Interactive implements UserAuthFactory {
    @Override
    public String getName() {
      return AuthMethod.KEYBOARD_INTERACTIVE.toString();
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      return new Dialogue();
    }
  }

  /** Asks the rounds; takes the right password as the answer to the first question. */
  private final class Dialogue extends UserAuthKeyboardInteractive {
    private int next;
    private String firstAnswer = "";

    @Override
    protected Boolean doAuth(Buffer buffer, boolean init) throws Exception {
      if (init) {
        seen.add("keyboard-interactive");
      } else {
        buffer.getUByte();
        List<String> answers = new ArrayList<>();
        for (int i = buffer.getInt(); i > 0; i--) {
          answers.add(buffer.getString());
        }
        seen.add("answers:" + answers);
        if (firstAnswer.isEmpty() && !answers.isEmpty()) {
          firstAnswer = answers.get(0);
        }
      }
      if (next == rounds.size()) {
        return !firstAnswer.isEmpty() && firstAnswer.equals(rightPassword);
      }
      ask(rounds.get(next++));
      return null;
    }

    private void ask(Round round) throws IOException {
      ServerSession session = getServerSession();
      Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_INFO_REQUEST);
      packet.putString("");
      packet.putString("");
      packet.putString("");
      packet.putUInt(round.questions().size());
      for (String question : round.questions()) {
        packet.putString(question);
        packet.putBoolean(question.startsWith("+"));
      }
      session.writePacket(packet);
    }
  }
}
