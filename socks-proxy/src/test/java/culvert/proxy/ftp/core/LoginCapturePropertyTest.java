package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.LoginLines.client;
import static culvert.proxy.ftp.core.LoginLines.server;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.ssh.Password;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever client, server and rules say, and in whatever order. */
class LoginCapturePropertyTest {
  private static final List<String> CLIENT =
      List.of(
          "USER bob@h",
          "USER eve@g:2121",
          "USER bob",
          "USER",
          "USER x@h:x",
          "PASS secret",
          "PASS",
          "ACCT a",
          "OPTS UTF8 ON",
          "HOST v",
          "NOOP",
          "FEAT",
          "AUTH TLS",
          "PASV",
          "PASV\t",
          "REIN");
  private static final List<String> SERVER =
      List.of(
          "120 wait",
          "220 hi",
          "000 x",
          "700 x",
          "250 x",
          "331 p?",
          "332 a?",
          "230 in",
          "530 no",
          "504 no",
          "450 no");
  private static final List<String> OPENED = List.of("tunnel", "plain", "verdict");
  private static final List<String> DECIDED = List.of("name will do", "password too", "refused");

  @Property
  void everyCommandIsAnsweredOrForwardedOnceAndNoPasswordIsLeft(
      @ForAll boolean userAtHost, @ForAll LoginDepth depth, @ForAll("events") List<String> events) {
    LoginCapture login = userAtHost ? LoginCapture.userAtHost() : new LoginCapture(depth);
    Captured captured = new Captured(login);
    Session session = new Session();
    for (String event : events) {
      session.before(event, login.state());
      captured.effects(event(event)).forEach(session::carryOut);
      session.check(login.state());
    }

    login.close();

    assertThat(session.passwords)
        .allSatisfy(password -> assertThatThrownBy(password::copy).hasMessageContaining("wiped"));
  }

  /** Keeps the books. */
  private static final class Session {
    final List<Password> passwords = new ArrayList<>();
    private int sent;
    private int answered;
    private boolean upstream;
    private boolean verdict; // the upstream was one on a login
    private int logins; // that this upstream has heard of

    void before(String event, LoginState state) {
      if (state == LoginState.OPENING_UPSTREAM && OPENED.contains(event)) {
        verdict = event.equals("verdict");
        logins = 0;
      }
      sent += CLIENT.contains(event) ? 1 : 0;
      upstream |= state == LoginState.OPENING_UPSTREAM && OPENED.contains(event);
    }

    void carryOut(LoginEffect effect) {
      logins += begins(effect) ? 1 : 0;
      assertThat(verdict && logins > 1)
          .as("a second login where one was refused a tunnel")
          .isFalse();
      if (effect instanceof LoginEffect.ToClient || effect instanceof LoginEffect.Forward) {
        answered++;
      } else if (effect instanceof LoginEffect.ToServer) {
        assertThat(upstream).as("an upstream to send to").isTrue();
      } else if (effect instanceof LoginEffect.OpenUpstream open) {
        assertThat(upstream).as("a second upstream").isFalse();
        open.password().ifPresent(passwords::add);
      } else if (effect instanceof LoginEffect.CloseUpstream) {
        assertThat(upstream).as("an upstream to close").isTrue();
        upstream = false;
      } else if (effect instanceof LoginEffect.Close) {
        upstream = false;
      }
    }

    private static boolean begins(LoginEffect effect) {
      byte[] line = new byte[0];
      if (effect instanceof LoginEffect.ToServer toServer) {
        line = toServer.bytes();
      } else if (effect instanceof LoginEffect.Forward forward && !forward.command().malformed()) {
        line = forward.command().bytes();
      }
      String text = new String(line, ISO_8859_1);
      return text.startsWith("USER") || text.startsWith("REIN");
    }

    void check(LoginState state) {
      switch (state) {
        case AWAIT_USER, AWAIT_PASS -> {
          assertThat(answered).as("answers in " + state).isEqualTo(sent);
          assertThat(upstream).as("an upstream in " + state).isFalse();
        }
        case LOGGED_IN -> {
          assertThat(answered).as("answers in " + state).isEqualTo(sent);
          assertThat(upstream).as("an upstream in " + state).isTrue();
        }
        case DECIDING, OPENING_UPSTREAM -> {
          assertThat(answered).as("answers in " + state).isLessThan(sent);
          assertThat(upstream).as("an upstream in " + state).isFalse();
        }
        case REPLAYING_LOGIN -> {
          assertThat(answered).as("answers in " + state).isLessThan(sent);
          assertThat(upstream).as("an upstream in " + state).isTrue();
        }
        case REFUSED -> assertThat(upstream).as("an upstream in " + state).isFalse();
      }
    }
  }

  private static LoginEvent event(String name) {
    if (CLIENT.contains(name)) {
      return client(name);
    }
    return switch (name) {
      case "tunnel" -> new LoginEvent.UpstreamOpened(Serves.ONE_IDENTITY);
      case "plain" -> new LoginEvent.UpstreamOpened(Serves.ANY_LOGIN);
      case "verdict" -> new LoginEvent.UpstreamOpened(Serves.ONE_LOGIN);
      case "name will do" -> new LoginEvent.Decided(LoginDepth.USER);
      case "password too" -> new LoginEvent.Decided(LoginDepth.USER_AND_PASSWORD);
      case "refused" -> new LoginEvent.Refused("no");
      default -> server(name);
    };
  }

  @Provide
  Arbitrary<List<String>> events() {
    return Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of(CLIENT)),
            Tuple.of(4, Arbitraries.of(SERVER)),
            Tuple.of(2, Arbitraries.of(OPENED)),
            Tuple.of(2, Arbitraries.of(DECIDED)))
        .list()
        .ofMaxSize(60);
  }
}
