package culvert.it.odd;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import culvert.it.script.DataPort;
import culvert.it.script.Wire;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What else the client of a tunnelled session does at the same host. */
@RealPeers
@AnyTransport
class BesideSessionIT extends OneRig {
  @Test
  void anythingElseGoesAsItsRulesSayWhileNoSessionWaits() throws Exception {
    try (Scene scene = rig.scene(Mode.SOCKS, Manner.PLAIN);
        FtpDialogue ftp = logIn(scene);
        DataPort web = new DataPort(scene.server().address())) {
      assertThat(isCulverts(scene, web)).as("before any transfer").isTrue();
      try (Socket data = socks().connect(scene.job().host(), ftp.passivePort())) {
        assertThat(ftp.send("LIST")).startsWith("150 ");
        assertThat(isCulverts(scene, web)).as("during a transfer").isTrue();
        assertThat(data.getInputStream().readAllBytes()).isNotEmpty();
        assertThat(ftp.reply()).startsWith("226 ");
      }
      assertThat(isCulverts(scene, web)).as("behind it").isTrue();
    }
  }

  @ParameterizedTest(name = "PASV answered {0}")
  @ValueSource(strings = {"200 ({six})", "425 no", "227-({six})", "500 no"})
  void anythingElseGoesThroughTheTunnelWhileASessionWaits(String answer) throws Exception {
    Manner manner = Manner.announce("PASV", answer);
    if (answer.startsWith("227-")) {
      manner = Manner.announce("PASV", answer, "227 done");
    }
    try (Scene scene = rig.scene(Mode.SOCKS, manner);
        FtpDialogue ftp = logIn(scene);
        DataPort web = new DataPort(scene.server().address())) {
      ftp.sendOnly("PASV");
      ftp.reply();

      assertThat(isCulverts(scene, web)).as("in plaintext").isFalse();
    }
  }

  /** A control port is never taken for a data port, as high as its number is. */
  @Test
  void aSecondLoginSucceedsWhileTheFirstSessionWaits() throws Exception {
    try (Scene scene = rig.scene(Mode.SOCKS, Manner.reply("PASV", "425 not yet"));
        FtpDialogue first = logIn(scene)) {
      first.send("PASV");

      try (FtpDialogue second = logIn(scene);
          Socket data = socks().connect(scene.job().host(), second.passivePort())) {
        assertThat(second.send("LIST")).startsWith("150 ");
        assertThat(data.getInputStream().readAllBytes()).isNotEmpty();
        assertThat(second.reply()).startsWith("226 ");
      }
      scene.assertNothingLeaked();
    }
  }

  @Test
  void afterReinAnotherLoginTransfersInTheTunnel() throws Exception {
    for (Mode mode : new Mode[] {Mode.SOCKS, Mode.FIXED}) {
      try (Scene scene = rig.scene(mode, Manner.PLAIN)) {
        scene.server().store(Client.DOWN, "a file");
        Path file = scene.job().file(Client.DOWN);

        Run<String> run =
            Client.Ftplib.run(
                scene.job(),
                "get " + Client.DOWN + " " + file,
                "ask REIN",
                "login " + scene.job().user() + " " + scene.job().password(),
                "get " + Client.DOWN + " " + file);

        assertThat(run.exitCode()).as(scene.story(run)).isZero();
        assertThat(Files.readString(file)).isEqualTo("a file");
        scene.assertNothingLeaked();
      }
    }
  }

  /** lftp sends PASV and STOR in one segment. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Mode.class,
      names = {"SOCKS", "LISTENER", "FIXED", "REMOTE"})
  void aClientThatPipelinesTransfersInTheTunnel(Mode mode) throws Exception {
    try (Scene scene = rig.scene(mode, Manner.PLAIN)) {
      scene.server().store(Client.DOWN, "a file");
      Files.writeString(scene.job().file(Client.UP), "another");

      Run<String> run = Client.LFTP.run(scene.job().pipelining());

      assertThat(run.exitCode()).as(scene.story(run)).isZero();
      scene.assertHonest(Client.LFTP, run);
      scene.assertNothingLeaked();
    }
  }

  /** Whether a connection to that port comes from Culvert itself; the SSH server has others. */
  private boolean isCulverts(Scene scene, DataPort web) throws IOException {
    try (Socket client = socks().connect(scene.job().host(), web.number());
        Wire arrived = web.accept()) {
      client.getOutputStream().write('x');
      assertThat(arrived.read(1)).isEqualTo("x");
      Optional<ProcessHandle> owner =
          SocketOwner.of(arrived.there(), arrived.here(), List.of(ProcessHandle.current()));
      return owner.orElseThrow().equals(ProcessHandle.current());
    }
  }

  private FtpDialogue logIn(Scene scene) throws IOException {
    FtpDialogue ftp = socks().ftp(scene.job().host(), scene.job().port());
    assertThat(ftp.reply()).startsWith("220 ");
    scene.server().store(Client.DOWN, "a file");
    assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
    return ftp;
  }

  private Socks5 socks() {
    return Socks5.through(rig.socksPort());
  }
}
