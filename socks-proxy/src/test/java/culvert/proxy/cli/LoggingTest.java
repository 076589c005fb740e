package culvert.proxy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

@ExtendWith(RestoreLogging.class)
class LoggingTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(written, true, UTF_8);

  @Test
  void theStreamStaysOpenWhenAnOptionConfiguresTheLogAgain() {
    Logging.configure(stream, 0, LogOptions.Format.text);
    Logging.configure(stream, 2, LogOptions.Format.text);

    LoggerFactory.getLogger("culvert").trace("still there");

    assertThat(written.toString(UTF_8)).contains("still there");
  }

  @Test
  void whatComesTooLateForAnEventLoopIsNobodysError() throws Exception {
    Logging.configure(stream, 0, LogOptions.Format.text);
    DefaultEventExecutor ended = new DefaultEventExecutor();
    Promise<Void> login = ended.newPromise();
    login.addListener(done -> {});
    ended.shutdownGracefully(0, 10, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);

    login.setSuccess(null);

    assertThat(written.toString(UTF_8)).isEmpty();
  }
}
