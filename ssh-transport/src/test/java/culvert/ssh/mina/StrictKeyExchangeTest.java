package culvert.ssh.mina;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** CVE-2023-48795, "Terrapin". */
@Timeout(60)
class StrictKeyExchangeTest {
  private TransportFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new TransportFixture();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private void serverHasOnly(NamedFactory<Cipher> cipher) {
    fixture.server.setCipherFactories(List.of(cipher));
    fixture.server.setMacFactories(List.<NamedFactory<Mac>>of(BuiltinMacs.hmacsha256etm));
  }

  private Future<SshSession> connect() throws Exception {
    Future<SshSession> connected =
        fixture.connect(
            fixture.server(), "amy", TransportFixture.PASSWORD, TransportFixture.LOOPBACK);
    assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
    return connected;
  }

  @Test
  void chachaIsTakenFromAServerThatIsStrict() throws Exception {
    serverHasOnly(BuiltinCiphers.cc20p1305_openssh);

    assertThat(connect().isSuccess()).isTrue();
  }

  @Test
  void chachaIsNotTakenFromAServerThatIsNot() throws Exception {
    fixture.withoutStrictKeyExchange();
    serverHasOnly(BuiltinCiphers.cc20p1305_openssh);

    assertThat(connect().cause())
        .isInstanceOfSatisfying(
            SshException.class,
            failure -> assertThat(failure.failure()).isEqualTo(SshFailure.NOT_SSH));
    assertThat(fixture.logins).isEmpty();
  }

  @Test
  void otherCiphersNeedNoStrictServer() throws Exception {
    fixture.withoutStrictKeyExchange();
    serverHasOnly(BuiltinCiphers.aes128gcm);

    assertThat(connect().isSuccess()).isTrue();
  }
}
