package culvert.it.capture;

import culvert.it.peers.TestAccount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a job comes to Culvert that knows nothing of it. */
enum CaptureWay {
  USER("`capture` by user"),
  CGROUP("`capture` by cgroup"),
  EXEC("`culvert exec`"),
  GATEWAY("gateway");

  private final String shown;

  CaptureWay(String shown) {
    this.shown = shown;
  }

  String shown() {
    return shown;
  }

  /**
   * A job in it, as a plain user; as one whom nothing else captures in a cgroup.
   *
   * @param cgroup empty: none can be made here
   */
  List<String> command(
      List<String> job, Optional<TestCgroup> cgroup, InstalledCulvert program, Path execSocket) {
    return switch (this) {
      case USER, GATEWAY -> as(TestAccount.USER, job);
      case CGROUP -> {
        List<String> all = new ArrayList<>(cgroup.orElseThrow(TestCgroup::missing).within());
        all.addAll(as(Integer.toString(CaptureHosts.NOBODY), job));
        yield all;
      }
      case EXEC ->
          as(TestAccount.USER, program.exec(List.of("--socket", execSocket.toString()), job));
    };
  }

  private static List<String> as(String user, List<String> command) {
    List<String> all =
        new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
    all.addAll(command);
    return all;
  }
}
