package culvert.proxy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.mina.MinaSshTransport;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.MacAddressUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

@ExtendWith(RestoreLogging.class)
class LoggingTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void theStreamStaysOpenWhenAnOptionConfiguresTheLogAgain() {
    Logging.configure(written, 0, new TextLayout(false));
    Logging.configure(written, 2, new TextLayout(false));

    LoggerFactory.getLogger("culvert").trace("still there");
    Logging.end();

    assertThat(written.toString(UTF_8)).contains("still there");
  }

  /** MINA's loggers are named after the object's class, and any packet can make them warn. */
  @ParameterizedTest
  @MethodSource("classesOfTheTransport")
  void noSubclassOfMinasWarns(String name) throws Exception {
    ClassLoader loader = getClass().getClassLoader();
    Class<?> minas =
        Class.forName("org.apache.sshd.common.util.logging.AbstractLoggingBean", false, loader);
    Logging.configure(written, 0, new TextLayout(false));

    Class<?> ours = Class.forName(name, false, loader);
    if (minas.isAssignableFrom(ours) && !Modifier.isAbstract(ours.getModifiers())) {
      assertThat(LoggerFactory.getLogger(name).isWarnEnabled()).as(name).isFalse();
    }
  }

  static List<String> classesOfTheTransport() throws Exception {
    Path place =
        Path.of(MinaSshTransport.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return classesIn(place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return classesIn(jar.getPath("/"));
    }
  }

  private static List<String> classesIn(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("culvert/ssh/mina"))) {
      return files
          .map(file -> root.relativize(file).toString().replace('/', '.'))
          .filter(file -> file.endsWith(".class") && !file.contains("package-info"))
          .map(file -> file.substring(0, file.length() - ".class".length()))
          .toList();
    }
  }

  @Test
  void aHostWithLoopbackAloneIsNoWarning() {
    Logging.configure(written, 0, new TextLayout(false));

    assertThat(LoggerFactory.getLogger(MacAddressUtil.class).isWarnEnabled()).isFalse();
  }

  @Test
  void whatComesTooLateForAnEventLoopIsNobodysError() throws Exception {
    Logging.configure(written, 0, new TextLayout(false));
    DefaultEventExecutor ended = new DefaultEventExecutor();
    Promise<Void> login = ended.newPromise();
    login.addListener(done -> {});
    ended.shutdownGracefully(0, 10, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);

    login.setSuccess(null);
    Logging.end();

    assertThat(written.toString(UTF_8)).isEmpty();
  }
}
