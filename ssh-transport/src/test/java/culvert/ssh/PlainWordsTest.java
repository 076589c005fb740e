package culvert.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlainWordsTest {

  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(new IOException("Connection reset by peer"), "Connection reset by peer"),
        Arguments.of(new ClosedChannelException(), "connection closed"),
        Arguments.of(new NotYetConnectedException(), "connection reset"),
        Arguments.of(
            new ConnectException(
                "finishConnect(..) failed with error(-113): No route to host: /192.0.2.1:22"),
            "No route to host: /192.0.2.1:22"),
        Arguments.of(new IOException(), "no reason given"),
        Arguments.of(new FileNotFoundException(), "no such file"),
        Arguments.of(new NoRouteToHostException(), "no route to host"),
        Arguments.of(new IOException(null, new ClosedChannelException()), "connection closed"),
        Arguments.of(new RuntimeException(new IOException("too long")), "too long"),
        Arguments.of(new RuntimeException(new IOException()), "no reason given"),
        Arguments.of(new RuntimeException("seven", new IOException("x")), "seven"));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("causes")
  void areTheExceptionsOwnWithoutItsType(Throwable cause, String words) {
    assertThat(PlainWords.of(cause)).isEqualTo(words);
  }

  @Test
  void areTheKernelsWhereEpollHasFailed() {
    assumeTrue(Epoll.isAvailable());
    assertThat(PlainWords.of(new Errors.NativeIoException("recvAddress", -104, false)))
        .doesNotContain("recvAddress", "Exception", "error(");
  }
}
