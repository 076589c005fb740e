package culvert.proxy.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Which Culvert the launcher takes a command to. */
@EnabledOnOs(OS.LINUX)
class ExecScriptTest {
  private static final String SCRIPT = "src/main/launcher/exec.sh";
  private static final String FOUND = ". " + SCRIPT + "; find_socket \"$@\"; echo \"$socket\"";

  @TempDir private Path directory;
  private Path socket;
  private ServerSocketChannel culvert;

  @BeforeEach
  void listen() throws IOException {
    socket = Files.createDirectory(directory.resolve("culvert")).resolve("exec.sock");
    culvert = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    culvert.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void close() throws IOException {
    culvert.close();
  }

  private String found(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-euc", FOUND, "sh"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }

  @Test
  void itIsTheOneOfTheUser() throws Exception {
    assertThat(found("exec", "--", "curl")).isEqualTo(socket.toString());
    assertThat(found("exec", "-c", "culvert.yaml", "--", "curl")).isEmpty();
    assertThat(found("exec", "--socket", "/other", "--", "curl")).isEqualTo("/other");
    assertThat(found("exec", "--", "curl", "--socket=/other")).isEqualTo(socket.toString());
  }

  @Test
  void oneThatHasEndedIsNone() throws Exception {
    culvert.close();

    assertThat(found("exec", "--", "curl")).isNotEqualTo(socket.toString());
  }

  /** As behind su(1), which leaves the variable as it was: that user would be told passwords. */
  @Test
  void itIsNotTheOneOfAnotherUser() throws Exception {
    assumeTrue((Integer) Files.getAttribute(directory, "unix:uid") == 0, "needs root");
    Files.setAttribute(directory, "unix:uid", 65_534);

    assertThat(found("exec", "--", "curl")).isNotEqualTo(socket.toString());
  }
}
