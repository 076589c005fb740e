package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.ftp.core.LoginState;
import culvert.proxy.relay.HomeLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoginDeadlinesTest {
  private final EmbeddedChannel time = new EmbeddedChannel();
  private final List<String> late = new ArrayList<>();
  private LoginDeadlines deadlines;

  @BeforeEach
  void start() {
    time.freezeTime();
    deadlines =
        new LoginDeadlines(
            HomeLoop.of(time),
            FtpTimeouts.DEFAULT,
            new LoginDeadlines.Listener() {
              @Override
              public void clientTooLate(Duration patience) {
                late.add("client " + patience.toSeconds());
              }

              @Override
              public void serverTooLate(Duration patience) {
                late.add("server " + patience.toSeconds());
              }
            });
  }

  private void pass(int seconds) {
    time.advanceTimeBy(seconds, TimeUnit.SECONDS);
    time.runScheduledPendingTasks();
  }

  @Test
  void aClientThatSaysAnythingButItsLoginHasOneDeadline() {
    deadlines.follow(LoginState.AWAIT_USER);
    pass(50);
    deadlines.follow(LoginState.AWAIT_USER);
    pass(50);
    deadlines.follow(LoginState.AWAIT_PASS);
    deadlines.follow(LoginState.DECIDING);
    pass(19);
    deadlines.follow(LoginState.AWAIT_PASS);
    assertThat(late).isEmpty();

    pass(1);

    assertThat(late).containsExactly("client 120");
  }

  @Test
  void aServerThatKeepsSayingThatItIsNotReadyHasOneDeadline() {
    deadlines.follow(LoginState.REPLAYING_LOGIN);
    for (int i = 0; i < 59; i++) {
      pass(1);
      deadlines.follow(LoginState.REPLAYING_LOGIN);
    }
    assertThat(late).isEmpty();

    pass(1);

    assertThat(late).containsExactly("server 60");
  }

  @Test
  void anAttemptThatHasFailedGivesTheClientItsTimeAgain() {
    deadlines.follow(LoginState.AWAIT_USER);
    pass(119);
    deadlines.follow(LoginState.OPENING_UPSTREAM);
    pass(200);
    deadlines.follow(LoginState.REPLAYING_LOGIN);
    pass(59);
    deadlines.follow(LoginState.AWAIT_USER);
    pass(119);
    assertThat(late).isEmpty();

    pass(1);

    assertThat(late).containsExactly("client 120");
  }

  @ParameterizedTest
  @EnumSource(names = {"LOGGED_IN", "REFUSED", "OPENING_UPSTREAM"})
  void nobodyIsWaitedForThen(LoginState state) {
    deadlines.follow(LoginState.AWAIT_USER);
    deadlines.follow(state);
    pass(1000);

    assertThat(late).isEmpty();
  }

  @Test
  void behindTheEndNothingIsTold() {
    deadlines.follow(LoginState.REPLAYING_LOGIN);
    deadlines.stop();
    pass(1000);

    assertThat(late).isEmpty();
  }
}
