package culvert.ssh.mina.pool;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.mina.FakeClock;
import culvert.ssh.mina.TransportFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusedLoginsTest {
  private final SshException refusal =
      new SshException(SshFailure.AUTH_FAILED, "SSH login as amy at gate refused");

  private final FakeClock clock = new FakeClock();
  private final RefusedLogins refused = new RefusedLogins(clock);
  private SshServer server;
  private SshServer forgetful;

  @BeforeEach
  void make() throws IOException {
    try (TransportFixture ssh = new TransportFixture()) {
      server = ssh.server();
      forgetful = ssh.refusedLoginMemory(Duration.ZERO).server();
    }
  }

  @Test
  void aRefusalIsRememberedForSoLongAndSaysHowLong() {
    refused.note(amy("wrong"), refusal, true);
    clock.advance(Duration.ofSeconds(20));

    assertThat(refused.remembered(amy("wrong")).orElseThrow())
        .hasMessage("SSH login as amy at gate refused 20 s ago; not tried again for another 40 s")
        .extracting(SshException::failure)
        .isEqualTo(SshFailure.AUTH_FAILED);

    clock.advance(Duration.ofSeconds(40).minusNanos(1));
    assertThat(refused.remembered(amy("wrong"))).isPresent();
    clock.advance(Duration.ofNanos(1));
    assertThat(refused.remembered(amy("wrong"))).isEmpty();
    assertThat(refused.size()).isZero();
  }

  @Test
  void anotherPasswordOrUserIsTriedAndAnotherClientHostIsNot() throws IOException {
    refused.note(amy("wrong"), refusal, true);

    assertThat(refused.remembered(amy("right"))).isEmpty();
    assertThat(
            refused.remembered(new SessionKey(server, "bob", "wrong", client(1), Optional.empty())))
        .isEmpty();
    assertThat(
            refused.remembered(new SessionKey(server, "amy", "wrong", client(2), Optional.empty())))
        .isPresent();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SshFailure.class,
      names = {"AUTH_FAILED", "LOGIN_UNFINISHED"},
      mode = EnumSource.Mode.EXCLUDE)
  void nothingElseIsRemembered(SshFailure failure) {
    refused.note(amy("wrong"), new SshException(failure, "no"), true);
    assertThat(refused.size()).isZero();
  }

  @Test
  void aKeyThatIsRefusedIsRememberedToo() {
    refused.note(amy("none"), refusal, false);
    assertThat(refused.remembered(amy("none"))).isPresent();
  }

  /** As what it was: the server has taken a key, and that leads to no plaintext. */
  @Test
  void aPasswordThatIsRefusedBehindAnotherFactorIsRemembered() {
    SshException unfinished = new SshException(SshFailure.LOGIN_UNFINISHED, "not finished: more");
    refused.note(amy("wrong"), unfinished, true);
    clock.advance(Duration.ofSeconds(20));

    assertThat(refused.remembered(amy("wrong")).orElseThrow())
        .hasMessage(
            "not finished: more; the password was refused 20 s ago; "
                + "not tried again for another 40 s")
        .extracting(SshException::failure)
        .isEqualTo(SshFailure.LOGIN_UNFINISHED);
  }

  @Test
  void aFactorThatIsMissingIsNotRemembered() {
    refused.note(amy("right"), new SshException(SshFailure.LOGIN_UNFINISHED, "more"), false);
    assertThat(refused.size()).isZero();
  }

  @Test
  void zeroRemembersNothing() throws IOException {
    refused.note(
        new SessionKey(forgetful, "amy", "wrong", client(1), Optional.empty()), refusal, true);
    assertThat(refused.size()).isZero();
  }

  @Test
  void aLoginThatSucceedsAfterAllIsForgotten() {
    refused.note(amy("wrong"), refusal, true);
    refused.forget(amy("wrong"));
    assertThat(refused.remembered(amy("wrong"))).isEmpty();
  }

  @Test
  void howeverManyAreGuessedOnlyTheYoungestAreKept() {
    for (int i = 0; i < 3 * RefusedLogins.MAX_REMEMBERED; i++) {
      refused.note(amy("guess " + i), refusal, true);
    }
    assertThat(refused.size()).isEqualTo(RefusedLogins.MAX_REMEMBERED);
    assertThat(refused.remembered(amy("guess 0"))).isEmpty();
    assertThat(refused.remembered(amy("guess " + (3 * RefusedLogins.MAX_REMEMBERED - 1))))
        .isPresent();

    clock.advance(Duration.ofMinutes(2));
    refused.note(amy("guess"), refusal, true);
    assertThat(refused.size()).isOne();
  }

  private SessionKey amy(String passwordHash) {
    try {
      return new SessionKey(server, "amy", passwordHash, client(1), Optional.empty());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static InetAddress client(int number) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) number});
  }
}
