package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import culvert.config.PasswordsInText;
import culvert.ssh.PlainWords;
import culvert.ssh.Printable;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.jspecify.annotations.Nullable;

/**
 * One user's login on one session: what to try, what was sent, and how it went. Confined to the
 * session's thread from {@link #attach} on, but for {@link #wipe} and {@link #unfinished}.
 */
public final class Login {
  private static final AttributeKey<Login> LOGIN = new AttributeKey<>();

  private final SshServer server;
  private final String user;
  private final List<AuthMethod> methods;
  private final IdentityLoader.Loaded loaded;
  private final @Nullable PasswordBytes password;
  private final ServerWords words;
  private final LoginThreads threads;
  private final Tries tries = new Tries();
  private final Verdict verdict = new Verdict();
  private final List<String> course = new ArrayList<>();
  private Executor loop = Runnable::run;
  private Turns turns = Turns.UNTOLD;
  private List<String> offered = List.of();
  private final Set<AuthMethod> takenInPart = EnumSet.noneOf(AuthMethod.class);
  private boolean passwordSent;

  Login(
      SshServer server,
      String user,
      IdentityLoader.Loaded loaded,
      @Nullable PasswordBytes password,
      LoginThreads threads) {
    this.server = server;
    this.user = user;
    this.loaded = loaded;
    this.password = password;
    this.words = password == null ? ServerWords.WITHOUT_SECRET : ServerWords.without(password);
    this.threads = threads;
    this.methods =
        server.profile().login().authentication().stream()
            .filter(
                method ->
                    method == AuthMethod.PUBLICKEY
                        ? !loaded.identities().isEmpty()
                        : password != null)
            .toList();
  }

  /** Whose turn it is: time in our own queues is none of the server's. */
  public interface Turns {
    Turns UNTOLD =
        new Turns() {
          @Override
          public void ours() {}

          @Override
          public void theServers() {}
        };

    /** A signature is being made. */
    void ours();

    void theServers();
  }

  static Login of(ClientSession session) {
    return attachedTo(session)
        .orElseThrow(() -> new IllegalStateException(session + ": no login attached"));
  }

  static Optional<Login> attachedTo(ClientSession session) {
    return Optional.ofNullable(session.getAttribute(LOGIN));
  }

  /**
   * Why it is no use to connect: the profile's methods have neither key nor password. If it names
   * keys that cannot be used now, that is {@code LOGIN_UNFINISHED}: with them it would be another
   * login, and an agent that is away must not lead to plaintext. Else it is {@code NO_IDENTITY}.
   */
  public Optional<SshException> nothingToTry() {
    return methods.isEmpty()
        ? Optional.of(nothing(!loaded.problems().isEmpty()))
        : Optional.empty();
  }

  /**
   * Makes this the session's login; {@code session.auth()} may follow.
   *
   * @param loop the session's, where a signature made elsewhere comes back to
   * @param turns told on the loop
   */
  public void attach(ClientSession session, Executor loop, Turns turns) {
    this.loop = loop;
    this.turns = turns;
    session.setUsername(user);
    session.setAttribute(LOGIN, this);
  }

  /**
   * Why {@code auth()} failed: the server refused ({@code AUTH_FAILED}), it would have gone on and
   * we could not ({@link #unfinished}, however it ended then), we had nothing for what it offers
   * ({@code NO_IDENTITY}), or the connection broke in the middle ({@code NOT_SSH}), whatever had
   * been refused by then: a reset can be forged, and must not pass for a verdict.
   *
   * @param cause what {@code auth()} failed with, wrapped or not
   */
  public SshException failure(Throwable cause) {
    boolean exhausted = tries.usedUp(cause);
    if (exhausted && !verdict.anythingShownAtThisStage() && lacksKeys()) {
      return nothing(true);
    }
    Optional<SshException> left = unfinished(cause);
    if (left.isPresent()) {
      return left.get();
    }
    if (exhausted && verdict.anythingShown()) {
      return new SshException(
          SshFailure.AUTH_FAILED,
          "SSH login as %s at %s refused%s"
              .formatted(shown(user), server.host(), tries.tooManyKeys()),
          cause);
    }
    if (exhausted && !offered.isEmpty()) {
      return nothing(false);
    }
    String reason = Printable.text(PlainWords.of(cause));
    return new SshException(
        SshFailure.NOT_SSH,
        "ssh server %s: connection ended during the login: %s".formatted(server, reason),
        cause);
  }

  /**
   * What we have left undone although the server would have gone on with it ({@code
   * LOGIN_UNFINISHED}, as in {@link #nothingToTry}): whatever ends this login now, be it time or
   * the connection, is not about the server. Any thread.
   */
  public Optional<SshException> unfinished() {
    return unfinished(null);
  }

  private Optional<SshException> unfinished(@Nullable Throwable cause) {
    return verdict
        .unfinished()
        .map(
            what ->
                new SshException(
                    SshFailure.LOGIN_UNFINISHED,
                    "SSH login as %s at %s not finished: %s"
                        .formatted(shown(user), server.host(), what),
                    cause));
  }

  /** Whether the server would look at keys, and some that the profile names cannot be used now. */
  private boolean lacksKeys() {
    return !loaded.problems().isEmpty() && offered.contains(AuthMethod.PUBLICKEY.toString());
  }

  /**
   * The server ends the session.
   *
   * @param said may hold the password
   */
  void disconnected(String said) {
    tries.disconnected(said);
  }

  /** What the server says, as it may be repeated. */
  ServerWords words() {
    return words;
  }

  /** Whether the server got anything to judge: a password, or a key that it may trust. */
  public boolean sentAnything() {
    return verdict.anythingShown();
  }

  /** Whether the server has refused the password itself, whatever it says of the login. */
  public boolean isPasswordRefused() {
    return verdict.isPasswordRefused();
  }

  /** What was tried and what came of it, without secrets; one line for the log. */
  public String course() {
    List<String> all = new ArrayList<>(loaded.problemsAndRemarks());
    all.addAll(course);
    if (!offered.isEmpty()) {
      all.add("server offers " + Printable.text(String.join(",", offered)));
    }
    return all.isEmpty() ? "nothing tried" : String.join("; ", all);
  }

  /** Overwrites the password. Idempotent; any thread; whatever still runs sends it no more. */
  public void wipe() {
    if (password != null) {
      password.close();
    }
  }

  /** What the profile lists and we have something for, in the profile's order. */
  List<AuthMethod> methods() {
    return methods;
  }

  List<Identity> identities() {
    return loaded.identities();
  }

  LoginThreads threads() {
    return threads;
  }

  Turns turns() {
    return turns;
  }

  /** Runs the task on the session's loop, as MINA's own threads run: writes never block there. */
  void onLoop(ClientSession session, LoopTask task) {
    loop.execute(
        () -> {
          try {
            ThreadUtils.runAsInternal(
                () -> {
                  task.run();
                  return null;
                });
          } catch (Exception e) {
            session.exceptionCaught(e);
          }
        });
  }

  /** The server refused something, or wants more after a partial success. */
  void answered(List<String> methodsThatCanContinue, boolean partialSuccess) {
    offered = List.copyOf(methodsThatCanContinue);
    if (partialSuccess) {
      passwordSent = false;
      verdict.partialSuccess(offered.stream().map(Printable::text).toList());
      course.add("partial success");
    } else if (verdict.anythingShown()) { // the answer to "none" is no refusal
      tries.refused();
    }
  }

  /**
   * The server has taken what this method sent, as a part of the login: the password is never sent
   * by it again, however often the server asks.
   */
  void takenInPart(AuthMethod method) {
    takenInPart.add(method);
  }

  /**
   * Whether there is a password that this server did not get yet, at this stage, and that it has
   * not taken by this method before.
   */
  boolean hasUnsentPassword(AuthMethod method) {
    return password != null
        && !passwordSent
        && !takenInPart.contains(method)
        && !password.isClosed();
  }

  /** The password as UTF-8, to be sent now: nobody gets it again. The caller wipes it. */
  byte[] takePassword(AuthMethod method) {
    if (password == null || !hasUnsentPassword(method)) {
      throw new IllegalStateException(method + ": no password, or already sent");
    }
    passwordSent = true;
    verdict.shown();
    return password.copy();
  }

  /** See {@link Verdict#shown}. */
  void sent() {
    verdict.shown();
  }

  void keySent() {
    verdict.shown();
    tries.keyShown();
  }

  /** How many keys may be tried now: the methods that follow keep a try each. */
  int keyTries() {
    long later =
        methods.subList(methods.indexOf(AuthMethod.PUBLICKEY) + 1, methods.size()).stream()
            .filter(method -> offered.contains(method.toString()) && hasUnsentPassword(method))
            .count();
    return tries.leftBefore(later);
  }

  void note(AuthMethod method, String event) {
    course.add(method + ": " + Printable.text(event));
  }

  /** See {@link Verdict#giveUp}. */
  void giveUp(AuthMethod method, String reason) {
    note(method, reason);
    verdict.giveUp(method + ": " + Printable.text(reason));
  }

  /** See {@link Verdict#giveUpForGood}. */
  void giveUpForGood(AuthMethod method, String reason) {
    note(method, reason);
    verdict.giveUpForGood(method + ": " + Printable.text(reason));
  }

  /** See {@link Verdict#passwordRefused}. */
  void passwordRefused() {
    verdict.passwordRefused();
  }

  private SshException nothing(boolean atTheMoment) {
    StringBuilder message =
        new StringBuilder("nothing to log in with as ")
            .append(shown(user))
            .append(" at ")
            .append(server.host());
    if (!offered.isEmpty()) {
      message
          .append(" (server offers ")
          .append(Printable.text(String.join(",", offered)))
          .append(')');
    }
    loaded.problemsAndRemarks().forEach(problem -> message.append("; ").append(problem));
    return new SshException(
        atTheMoment ? SshFailure.LOGIN_UNFINISHED : SshFailure.NO_IDENTITY, message.toString());
  }

  @Override
  public String toString() {
    return "login as " + shown(user) + " at " + server;
  }

  private static String shown(String user) {
    return Printable.text(PasswordsInText.maskedUser(user));
  }

  interface LoopTask {
    void run() throws Exception;
  }
}
