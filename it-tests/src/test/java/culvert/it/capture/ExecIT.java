package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.AuditTrails;
import culvert.it.CulvertProcess;
import culvert.it.TestFile;
import culvert.it.peers.NetworkNamespace;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert exec} by its launcher, with real clients, through real sshd to real vsftpd. */
@RealPeers
@AnyTransport
class ExecIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SIZE = 3_000_000;

  @TempDir private static Path directory;
  private static ExecHost host;
  private static CulvertProcess culvert;
  private static TestFile file;

  @BeforeAll
  static void startEverything() throws Exception {
    NetworkNamespace.create().close(); // or why there are none here
    host = ExecHost.start(directory);
    file = TestFile.create(host.folder().resolve("file"), SIZE);
    TestAccount.give(host.folder().resolve("file"));
    culvert = host.run();
  }

  @AfterAll
  static void stopEverything() throws IOException {
    if (culvert != null) {
      culvert.close();
    }
    if (host != null) {
      host.close();
    }
  }

  /** Lines of shell: what a client is to do, and whether it has. */
  private static String job(UnawareClient client, String mode) {
    String own = client + "-" + (mode.equals(client.passive()) ? "passive" : "active");
    String job = "work() { set -e\nMODE='" + mode + "'\n";
    if (client.upload().isPresent()) {
      job += "FILE=$HOME/file NAME=from-" + own + "; " + client.upload().get() + "\n";
    }
    job += "FILE=$HOME/copy-" + own + " NAME=file; " + client.download() + "\n";
    job += "FILE= NAME=; " + client.list() + " | grep -q file\n}\n";
    return job
        + "(work) >$HOME/out 2>&1 && echo "
        + own
        + " is done || { echo "
        + own
        + " has failed; cat $HOME/out; }\n";
  }

  @Test
  void aPlainUsersClientsUploadDownloadAndListWithoutAnyProxySetting() throws Exception {
    StringBuilder script = new StringBuilder("cd $HOME\n");
    for (UnawareClient client : UnawareClient.values()) {
      script.append(job(client, client.passive()));
    }

    Run<String> run = ExecHost.run(host.asUser(host.running(), "bash", "-c", script.toString()));

    assertThat(run.output().lines())
        .as(run.errors())
        .containsExactlyElementsOf(
            Stream.of(UnawareClient.values()).map(client -> client + "-passive is done").toList());
    for (UnawareClient client : UnawareClient.values()) {
      assertMoved(client, client + "-passive");
    }
  }

  @Test
  void theSameInActiveMode() throws Exception {
    List<UnawareClient> clients =
        Stream.of(UnawareClient.values()).filter(client -> client.active().isPresent()).toList();
    StringBuilder script = new StringBuilder("cd $HOME\n");
    for (UnawareClient client : clients) {
      script.append(job(client, client.active().orElseThrow()));
    }

    Run<String> run = ExecHost.run(host.asUser(host.running(), "bash", "-c", script.toString()));

    assertThat(run.output().lines())
        .as(run.errors())
        .containsExactlyElementsOf(
            clients.stream().map(client -> client + "-active is done").toList());
    for (UnawareClient client : clients) {
      assertMoved(client, client + "-active");
    }
  }

  private static void assertMoved(UnawareClient client, String own) throws IOException {
    assertThat(Sha256.of(host.folder().resolve("copy-" + own)))
        .as("what %s has brought", own)
        .isEqualTo(file.content());
    if (client.upload().isPresent()) {
      assertThat(Sha256.of(host.folder().resolve("from-" + own)))
          .as("what %s has sent", own)
          .isEqualTo(file.content());
    }
  }

  @Test
  void rootsClientsDoAsWell() throws Exception {
    Run<String> run =
        ExecHost.run(
            host.asRoot(
                host.running(),
                "sh",
                "-c",
                "id -u; curl -q -sS -m 60 -u $USER:$PASSWORD ftp://$HOST/$FOLDER/file | sha256sum"));

    assertThat(run.errors()).isEmpty();
    assertThat(run.output().lines()).hasSize(2).startsWith("0");
    assertThat(run.output()).contains(sum());
  }

  private static String sum() {
    Run<String> run =
        Run.text(PATIENCE, List.of("sha256sum", host.folder().resolve("file").toString()));
    return run.output().substring(0, 64);
  }

  @Test
  void theAuditTrailKnowsTheUserAndTheProgram() throws Exception {
    Run<String> run =
        ExecHost.run(
            host.asUser(
                host.running(),
                "curl",
                "-q",
                "-sS",
                "-m",
                "60",
                "-u",
                TestAccount.USER + ":" + TestAccount.password(),
                "ftp://" + ExecHost.SERVER + "/" + TestAccount.below(host.folder()) + "/file",
                "-o",
                "/dev/null"));
    assertThat(run).isEqualTo(new Run<>(0, "", ""));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(AuditTrails.events(host.trail(), "job.ended"))
                    .anySatisfy(
                        job -> {
                          assertThat(job.at("/listener").asText()).isEqualTo("exec");
                          assertThat(job.at("/client/os_user").asText())
                              .isEqualTo(TestAccount.USER);
                          assertThat(job.at("/client/program").asText()).isEqualTo("curl");
                          assertThat(job.at("/destination/host").asText())
                              .isEqualTo(ExecHost.SERVER);
                        }));
  }

  @Test
  void theCommandIsTheCommand() throws Exception {
    List<String> command =
        host.asUser(
            host.running(),
            "sh",
            "-c",
            "echo \"$0,$1\"; pwd; id -u; env | grep -c -e CULVERT -e _JAVA_SR; cat; exit 7",
            "two words",
            "$HOME");

    Run<String> run = ExecHost.run(piped(command));

    assertThat(run.errors()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(7);
    assertThat(run.output().lines()).containsExactly("two words,$HOME", "/", uid(), "0", "input");
  }

  @Test
  void aCommandMayUseExecItself() throws Exception {
    String job =
        "curl -q -sS -m 60 -u $USER:$PASSWORD ftp://$HOST/$FOLDER/file | sha256sum; exit 5";
    List<String> inner = host.asRoot(host.running(), "sh", "-c", job);

    Run<String> run = ExecHost.run(host.asUser(host.running(), inner.toArray(String[]::new)));

    assertThat(run.errors()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.output()).contains(sum());
  }

  private static List<String> piped(List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of("sh", "-c", "cd / && unset _JAVA_SR_SIGNUM; echo input | \"$@\"", "sh"));
    all.addAll(command);
    return all;
  }

  private static String uid() {
    return Run.text(PATIENCE, List.of("id", "-u", TestAccount.USER)).output().strip();
  }

  @Test
  void theCommandsArgumentsAreGivenToNobodyElse() throws Exception {
    String count =
        """
        import glob, sys
        found = 0
        for process in glob.glob('/proc/[0-9]*/cmdline'):
          try: found += sys.argv[1].encode() in open(process, 'rb').read().split(b'\\0')
          except OSError: pass
        print(found)
        """;

    Run<String> run =
        ExecHost.run(host.asUser(host.running(), "python3", "-c", count, "joe:secret"));

    assertThat(run).isEqualTo(new Run<>(0, "1\n", ""));
  }

  @Test
  void theCommandIgnoresTheSignalsThatItsCallerIgnores() throws Exception {
    for (String ignored : List.of("", "trap '' USR2 PIPE; ")) {
      List<String> caller = new ArrayList<>(List.of("sh", "-c", ignored + "\"$@\"", "sh"));
      List<String> command = List.of("grep", "-e", "SigIgn", "-e", "SigBlk", "/proc/self/status");
      List<String> without = new ArrayList<>(caller);
      without.addAll(command);
      caller.addAll(host.asUser(host.running(), command.toArray(String[]::new)));

      Run<String> run = ExecHost.run(caller);

      assertThat(run).isEqualTo(ExecHost.run(without));
    }
  }

  @Test
  void aTerminalIsTheCommands() throws Exception {
    List<String> command = new ArrayList<>();
    for (String word : host.asUser(host.running(), "sh", "-c", "tty && stty -a | head -n 1")) {
      command.add("'" + word + "'");
    }

    Run<String> run =
        ExecHost.run(List.of("script", "-qec", String.join(" ", command), "/dev/null"));

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output()).contains("/dev/pts/", "speed");
  }

  @Test
  void aSignalMeetsTheCommandAndNothingStays() throws Exception {
    Path pid = host.folder().resolve("pid");
    Process process =
        new ProcessBuilder(
                host.asUser(
                    host.running(),
                    "sh",
                    "-c",
                    "echo $$ >$HOME/pid.new; mv $HOME/pid.new $HOME/pid; exec sleep 1000"))
            .redirectErrorStream(true)
            .start();
    try {
      await().atMost(PATIENCE).until(() -> Files.exists(pid));
      assertThat(Long.parseLong(Files.readString(pid).strip())).isEqualTo(process.pid());
      assertThat(beside(process.pid())).isEqualTo(1);

      process.destroy(); // SIGTERM

      assertThat(process.waitFor()).isEqualTo(128 + 15);
      await().atMost(PATIENCE).until(() -> beside(process.pid()) == 0);
    } finally {
      process.destroyForcibly();
    }
  }

  /** How many processes of Culvert's are there for that command. */
  private static long beside(long command) {
    return ProcessHandle.allProcesses()
        .filter(process -> environment(process).contains("CULVERT_EXEC=inside " + command + " "))
        .count();
  }

  private static String environment(ProcessHandle process) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(process.pid()), "environ"),
          java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void nothingButCulvertCanBeReached() throws Exception {
    Run<String> run =
        ExecHost.run(
            host.asUser(
                host.running(),
                "sh",
                "-c",
                "curl -q -sS -m 20 http://127.0.0.1:"
                    + host.sshd().port()
                    + "/ 2>&1; echo $?;"
                    + " curl -q -sS -m 20 http://elsewhere.test/ 2>&1; echo $?;"
                    + " getent ahostsv4 unknown.test | head -n 1 | cut -d' ' -f1"));

    assertThat(run.output().lines().filter(line -> line.matches("\\d+")))
        .as(run.output())
        .containsExactly("7", "56");
    assertThat(run.output()).contains("10.99.0.");
  }

  /** What takes long to close: a socket that lingers, and whose other end reads nothing. */
  @Test
  void whatAUserSendsToTheSocketForCommandsHoldsUpNobodyElse() throws Exception {
    String sender =
        """
        import array, os, socket, struct, sys, time
        accepting = socket.socket(); accepting.bind(('127.0.0.1', 0)); accepting.listen(50)
        kept = []
        def lingering():
          a = socket.socket(); a.connect(accepting.getsockname()); kept.append(accepting.accept())
          a.setblocking(False)
          try:
            while True: a.send(b'x' * 65536)
          except BlockingIOError: pass
          a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 1000))
          return a
        def send(s, a):
          s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [a.fileno()]))])
        for hello in [b'', b'culvert-exec 1 listeners=1 program=x\\n'] * 4:
          s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); kept.append(s)
          a = lingering()
          if hello:
            s.sendall(hello)
            s.settimeout(5)
            try: s.recv(100)
            except TimeoutError: pass
          try:
            send(s, a)
            a.close()
          except PermissionError: # the kernel knows that none was asked for
            kept.append(a)
        print('sent', flush=True)
        time.sleep(1000)
        """;
    Process user =
        new ProcessBuilder(host.withoutCapture("python3", "-c", sender, host.socket().toString()))
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(user.inputReader().readLine()).isEqualTo("sent");

      for (int i = 0; i < 4; i++) {
        Run<String> others = ExecHost.run(host.asRoot(host.running(), "echo", "ran"));
        assertThat(others).isEqualTo(new Run<>(0, "ran\n", ""));
      }
    } finally {
      user.destroyForcibly().waitFor();
    }
  }

  @Test
  void namesAreAskedOfCulvertWhateverTheHostHasToSayOfThem() throws Exception {
    String own =
        """
        127.0.0.1 localhost
         127.0.1.1\town.test own # this host
        ::1 localhost ip6-localhost
        """;
    Path hosts =
        Files.writeString(
            directory.resolve("hosts"),
            own
                + """
                192.0.2.7 %s # 127.0.0.1
                192.0.2.8 %s short
                2001:db8::1 short
                ff02::1 ip6-allnodes
                """
                    .formatted(ExecHost.SERVER, ExecHost.BLOCKED));
    Path services =
        Files.writeString(directory.resolve("nsswitch.conf"), "hosts: files [NOTFOUND=return] dns");

    Run<String> run =
        ExecHost.run(
            seeing(
                "hostname here.corp.test; mount --bind "
                    + hosts
                    + " /etc/hosts; mount --bind "
                    + services
                    + " /etc/nsswitch.conf",
                host.asUser(
                    host.running(),
                    "sh",
                    "-c",
                    "curl -q -sS -m 60 -u $USER:$PASSWORD ftp://$HOST/$FOLDER/file | sha256sum;"
                        + " curl -q -sS -m 20 http://blocked.test/ 2>/dev/null; echo $?;"
                        + " getent ahosts own | head -n 1; getent ahosts short | head -n 1;"
                        + " cat /etc/hosts")));

    List<String> lines = run.output().lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertThat(lines).as(run.errors()).hasSize(7).startsWith(sum() + " -", "56");
    assertThat(lines.get(2)).startsWith("127.0.1.1 ");
    assertThat(lines.get(3)).startsWith("10.99.").endsWith(" short");
    assertThat(lines.subList(4, 7)).isEqualTo(own.lines().toList());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(AuditTrails.events(host.trail(), "job.ended"))
                    .anySatisfy(
                        job -> {
                          assertThat(job.at("/destination/host").asText())
                              .isEqualTo(ExecHost.BLOCKED);
                          assertThat(job.at("/rule").asText()).isEqualTo("rule-2");
                        }));
  }

  @Test
  void aHostWithoutFilesOfNamesOrWithLinksToThemIsNoFailure() throws Exception {
    Path temporary = Files.createDirectories(directory.resolve("temporary"));
    TestAccount.give(temporary);
    String ofItsOwn =
        "export TMPDIR="
            + temporary
            + "; mount -t tmpfs none /mnt; cp -a /etc/. /mnt/; mount --bind /mnt /etc; cd /etc;"
            + " rm -f hosts nsswitch.conf";
    String linked =
        "; echo 192.0.2.7 "
            + ExecHost.SERVER
            + " >others; ln -s others hosts; ln -s no nsswitch.conf";

    for (String change : List.of(ofItsOwn, ofItsOwn + linked)) {
      Run<String> run =
          ExecHost.run(
              seeing(
                  change,
                  host.asUser(
                      host.running(),
                      "sh",
                      "-c",
                      "getent ahosts $HOST | head -n 1; ls -A $TMPDIR")));

      assertThat(run.exitCode()).as(run.errors()).isZero();
      assertThat(run.output()).startsWith("10.99.").hasLineCount(1);
      assertThat(run.errors()).isEmpty();
    }
  }

  /** On a host that has been changed so. */
  private static List<String> seeing(String change, List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of("unshare", "--mount", "--uts", "sh", "-ec", change + "; exec \"$@\"", "sh"));
    all.addAll(command);
    return all;
  }

  @Test
  void anotherUsersCommandHasNoPartInASession() throws Exception {
    Path told = host.folder().resolve("told");
    Path go = host.folder().resolve("go");
    String session =
        """
        import ftplib, os, sys, time
        f = ftplib.FTP(os.environ['HOST'], os.environ['USER'], os.environ['PASSWORD'], timeout=60)
        f.voidcmd('TYPE I')
        host, port = f.makepasv()
        open(os.environ['HOME'] + '/told.new', 'w').write(str(port))
        os.rename(os.environ['HOME'] + '/told.new', os.environ['HOME'] + '/told')
        while not os.path.exists(os.environ['HOME'] + '/go'): time.sleep(0.05)
        import socket
        s = socket.create_connection((host, port), 60)
        f.putcmd('RETR ' + os.environ['FOLDER'] + '/file'); print(f.getresp()[:3])
        n = 0
        while True:
          b = s.recv(65536)
          if not b: break
          n += len(b)
        print(n, f.getresp()[:3])
        """;
    Process owner =
        new ProcessBuilder(host.asUser(host.running(), "python3", "-c", session))
            .redirectErrorStream(true)
            .start();
    try {
      await().atMost(PATIENCE).until(() -> Files.exists(told));

      Run<String> other =
          ExecHost.run(
              host.asRoot(
                  host.running(),
                  "python3",
                  "-c",
                  """
                  import os, socket, sys
                  s = socket.create_connection((os.environ['HOST'], int(sys.argv[1])), 30)
                  try: print('got', len(s.recv(10)))
                  except ConnectionResetError: print('reset')
                  """,
                  Files.readString(told)));

      assertThat(other.output().strip()).as(other.errors()).isEqualTo("reset");
      Files.writeString(go, "");
      String said = new String(owner.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said.lines()).containsExactly("150", SIZE + " 226");
    } finally {
      owner.destroyForcibly();
    }
  }

  @Test
  void withoutARunningCulvertOneIsStartedForTheCommand() throws Exception {
    Path configuration = host.configuration("own");
    List<Path> before = leftOver();

    Run<String> run =
        ExecHost.run(
            host.asUser(
                List.of("-c", configuration.toString()),
                "sh",
                "-c",
                "curl -q -sS -m 60 -u $USER:$PASSWORD ftp://$HOST/$FOLDER/file | sha256sum; exit 3"));

    assertThat(run.errors()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.output()).contains(sum());
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(leftOver()).isEqualTo(before));
  }

  /** It asks for the exit status when it has read the output to its end, as shells do. */
  @Test
  void aCallerThatReadsOutputAndErrorsOfACommandWithItsOwnCulvertComesToTheirEnd()
      throws Exception {
    Path configuration = host.configuration("read");
    List<String> caller =
        new ArrayList<>(
            List.of(
                "python3",
                "-c",
                """
                import subprocess, sys
                run = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                print(run.stdout.read(), run.wait())
                """));
    caller.addAll(
        host.asUser(List.of("-c", configuration.toString()), "sh", "-c", "echo said; exit 3"));

    assertThat(ExecHost.run(caller)).isEqualTo(new Run<>(0, "b'said\\n' 3\n", ""));
  }

  private static List<Path> leftOver() throws IOException {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("culvert-exec-"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aFaultyConfigurationOrSocketRunsNothing() throws Exception {
    Path wrong = Files.writeString(directory.resolve("wrong.yaml"), "rules: 7\n");

    Run<String> faulty = ExecHost.run(host.asUser(List.of("-c", wrong.toString()), "echo", "ran"));
    Run<String> nowhere =
        ExecHost.run(host.asUser(List.of("--socket", "/nowhere/exec.sock"), "echo", "ran"));
    Run<String> unknown = ExecHost.run(host.asUser(List.of("--sokcet", "x"), "echo", "ran"));

    assertThat(faulty.exitCode()).as(faulty.errors()).isEqualTo(2);
    assertThat(faulty.errors()).contains("wrong.yaml:1");
    assertThat(nowhere.exitCode()).isEqualTo(1);
    assertThat(nowhere.errors()).contains("no Culvert listens at /nowhere/exec.sock: no such file");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(List.of(faulty.output(), nowhere.output(), unknown.output())).containsOnly("");
  }

  @Test
  void whereUserNamespacesAreOffTheSettingIsNamedAndNothingRuns() throws Exception {
    Run<String> run =
        ExecHost.run(withoutUserNamespaces(host.asUser(host.running(), "echo", "ran")));

    assertThat(run.exitCode()).as(run.errors()).isEqualTo(1);
    assertThat(run.errors())
        .contains(
            "exec needs user namespaces, which /proc/sys/user/max_user_namespaces = 0 forbids");
    assertThat(run.output()).isEmpty();
  }

  @Test
  void whereTheCommandCannotRunNoCulvertIsStartedForIt() throws Exception {
    List<Path> before = leftOver();

    Run<String> run =
        ExecHost.run(
            withoutUserNamespaces(
                host.asUser(List.of("-c", host.configuration("never").toString()), "echo", "ran")));

    assertThat(run.exitCode()).as(run.errors()).isEqualTo(1);
    assertThat(run.errors()).contains("exec needs user namespaces");
    assertThat(before).containsAll(leftOver());
  }

  @Test
  void aCommandThatIsNotThereIsNamed() throws Exception {
    Run<String> ofUser = ExecHost.run(host.asUser(host.running(), "no-such-command"));
    Run<String> ofRoot = ExecHost.run(host.asRoot(host.running(), "no-such-command"));

    assertThat(List.of(ofUser, ofRoot))
        .containsOnly(
            new Run<>(127, "", "culvert: exec: no-such-command: not found on the PATH\n"));
  }

  @Test
  void whereUserNamespacesAreOffRootNeedsNone() throws Exception {
    Run<String> run =
        ExecHost.run(
            withoutUserNamespaces(
                host.asRoot(
                    host.running(),
                    "sh",
                    "-c",
                    "unshare --user true 2>/dev/null && echo on;"
                        + " curl -q -sS -m 60 -u $USER:$PASSWORD ftp://$HOST/$FOLDER/file | sha256sum")));

    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(run.output()).startsWith(sum());
  }

  /** In a user namespace of its own, with as many users, in which there are to be no others. */
  private static List<String> withoutUserNamespaces(List<String> command) {
    String inOneOfItsOwn =
        """
        unshare --user sleep 200 & p=$!
        until [ "$(readlink /proc/$p/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.05; done
        echo 0 0 3000 >/proc/$p/uid_map
        echo 0 0 3000 >/proc/$p/gid_map
        nsenter --user --target $p \
          sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh "$@"
        code=$?
        kill $p
        exit $code
        """;
    List<String> all = new ArrayList<>(List.of("sh", "-c", inOneOfItsOwn, "sh"));
    all.addAll(command);
    return all;
  }

  @Test
  void aKilledCulvertLeavesNoWayOut() throws Exception {
    Path configuration = host.configuration("root-killed");
    Path runtime = Files.createDirectories(directory.resolve("killed-run"));
    Path reached = host.folder().resolve("reached");
    Path killed = host.folder().resolve("killed");
    try (CulvertProcess own =
        CulvertProcess.run(
            java.util.Map.of("RUNTIME_DIRECTORY", runtime.toString()),
            configuration,
            directory.resolve("killed-log"))) {
      Process command =
          new ProcessBuilder(
                  host.asUser(
                      List.of("--socket", runtime.resolve("exec.sock").toString()),
                      "sh",
                      "-c",
                      "curl -q -sS -m 60 -o /dev/null -u $USER:$PASSWORD ftp://$HOST/$FOLDER/file;"
                          + " echo $?; touch $HOME/reached;"
                          + " until [ -e $HOME/killed ]; do sleep 0.1; done;"
                          + " for to in $HOST 127.0.0.1:"
                          + host.sshd().port()
                          + " 192.0.2.1; do curl -q -s -m 20 ftp://$to/; echo $?; done"))
              .redirectErrorStream(true)
              .start();
      try {
        await().atMost(PATIENCE).until(() -> Files.exists(reached));
        own.signal("KILL");
        await().atMost(PATIENCE).until(() -> !own.isAlive());
        Files.writeString(killed, "");

        String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // resolved no more; refused; refused
        assertThat(said.lines()).containsExactly("0", "6", "7", "7");
      } finally {
        command.destroyForcibly();
      }
    }
  }
}
