package culvert.proxy.owner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
  @TempDir private Path proc;
  private long uid;
  private Processes processes;

  @BeforeEach
  void readOwnUid() throws IOException {
    uid = ((Integer) Files.getAttribute(proc, "unix:uid")).longValue();
    processes = new Processes(proc);
    Files.createDirectory(proc.resolve("net"));
    Files.createDirectory(proc.resolve("self"));
  }

  private Path process(int pid, String program, long... inodes) throws IOException {
    Path process = Files.createDirectory(proc.resolve(Integer.toString(pid)));
    Path descriptors = Files.createDirectory(process.resolve("fd"));
    Files.createSymbolicLink(descriptors.resolve("0"), Path.of("/dev/null"));
    for (int i = 0; i < inodes.length; i++) {
      hold(process, 3 + i, inodes[i]);
    }
    Files.createSymbolicLink(process.resolve("exe"), Path.of("/usr/bin/" + program));
    Files.writeString(process.resolve("comm"), program + "\n");
    Files.writeString(process.resolve("cmdline"), "/usr/bin/" + program + "\0-s\0");
    return process;
  }

  private static void hold(Path process, int descriptor, long inode) throws IOException {
    Files.createSymbolicLink(
        process.resolve("fd").resolve(Integer.toString(descriptor)),
        Path.of("socket:[" + inode + "]"));
  }

  private SocketOwner.Known socket(long inode) {
    return new SocketOwner.Known(uid, inode);
  }

  @Test
  void theProcessThatHoldsTheSocketIsFound() throws IOException {
    process(10, "sshd", 70);
    process(11, "curl", 77);
    process(12, "lftp", 78, 79);

    assertThat(processes.find(Set.of(socket(77), socket(79), socket(99))))
        .isEqualTo(Map.of(socket(77), Set.of("curl"), socket(79), Set.of("lftp")));
  }

  @Test
  void aProcessThatWasThereBeforeIsFoundWhenItConnects() throws IOException {
    Path etl = process(10, "etl");
    process(11, "curl", 77);
    assertThat(processes.find(Set.of(socket(77)))).hasSize(1);

    hold(etl, 5, 80);
    process(12, "curl", 81);

    assertThat(processes.find(Set.of(socket(80)))).containsValue(Set.of("etl"));
    hold(etl, 6, 82);
    assertThat(processes.find(Set.of(socket(82)))).containsValue(Set.of("etl"));
  }

  @Test
  void aProcessThatHasEndedIsForgotten() throws IOException {
    Path curl = process(11, "curl", 77);
    processes.find(Set.of(socket(77)));
    Files.delete(curl.resolve("fd/0"));
    Files.delete(curl.resolve("fd/3"));
    Files.delete(curl.resolve("fd"));
    assertThat(processes.find(Set.of(socket(77)))).isEmpty();

    process(12, "wget", 78);

    assertThat(processes.find(Set.of(socket(78)))).containsValue(Set.of("wget"));
  }

  @Test
  void processesOfOtherUsersAreNotLookedAt() throws IOException {
    process(11, "curl", 77);
    SocketOwner.Known others = new SocketOwner.Known(uid + 1, 77);

    assertThat(processes.find(Set.of(others)).isEmpty()).isEqualTo(uid != 0);
  }

  @Test
  void aScriptGoesByItsOwnNameToo() throws IOException {
    Path job = process(11, "python3.11", 77);
    Files.writeString(job.resolve("comm"), "nightly.py\n");
    Files.writeString(job.resolve("cmdline"), "python3\0./nightly.py\0");

    assertThat(processes.find(Set.of(socket(77))))
        .containsValue(Set.of("python3.11", "nightly.py", "python3"));
  }

  @Test
  void aProgramThatWasReplacedKeepsItsName() throws IOException {
    Path job = process(11, "curl", 77);
    Files.delete(job.resolve("exe"));
    Files.createSymbolicLink(job.resolve("exe"), Path.of("/opt/ftp tools/curl-8 (deleted)"));
    Files.delete(job.resolve("comm"));
    Files.writeString(job.resolve("cmdline"), "");

    assertThat(processes.find(Set.of(socket(77)))).containsValue(Set.of("curl-8"));
  }
}
