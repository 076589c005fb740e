package culvert.proxy.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.Errors;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
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
        Arguments.of(new IOException(), "no reason given"),
        Arguments.of(new IOException(null, new ClosedChannelException()), "connection closed"),
        Arguments.of(new DecoderException(new IOException("too long")), "too long"),
        Arguments.of(new DecoderException(new IOException()), "no reason given"),
        Arguments.of(new DecoderException("seven", new IOException("x")), "seven"));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("causes")
  void areTheExceptionsOwnWithoutItsType(Throwable cause, String words) {
    assertThat(PlainWords.of(cause)).isEqualTo(words);
  }

  @Test
  void areTheKernelsWhereEpollHasFailed() {
    assertThat(PlainWords.of(new Errors.NativeIoException("recvAddress", -104, false)))
        .doesNotContain("recvAddress", "Exception", "error(");
  }
}
