package culvert.it.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;

/**
 * The client's end of a control connection. Each step returns this, so that steps read as one.
 *
 * <p>Data connections are made by {@link Stage}, from the client's address or from another one's.
 */
public final class FakeClient implements Closeable {
  private final Wire wire;

  public FakeClient(Wire wire) {
    this.wire = wire;
  }

  /** Sends commands, all in one segment. */
  public FakeClient send(String... commands) throws IOException {
    return segment(String.join("\r\n", commands) + "\r\n");
  }

  /** Sends bytes as they are, in one segment. */
  public FakeClient segment(String bytes) throws IOException {
    wire.write(bytes);
    return this;
  }

  /** Sends the last byte with the urgent mark, as {@code send(bytes, MSG_OOB)} does. */
  public FakeClient urgent(String bytes) throws IOException {
    int last = bytes.length() - 1;
    if (last > 0) {
      wire.write(bytes.substring(0, last));
    }
    wire.writeUrgent(bytes.charAt(last));
    return this;
  }

  /** Waits for lines, which must be these. */
  public FakeClient hear(String... lines) throws IOException {
    for (String line : lines) {
      assertThat(wire.line()).as("the client receives").isEqualTo(line);
    }
    return this;
  }

  /** Waits for a line that starts so, such as a reply of Culvert's own. */
  public FakeClient hearReply(String start) throws IOException {
    assertThat(wire.line()).as("the client receives").startsWith(start);
    return this;
  }

  /** The next line. */
  public String line() throws IOException {
    return wire.line();
  }

  /** So many bytes, whatever they are. */
  public String read(int count) throws IOException {
    return wire.read(count);
  }

  /** Nothing comes for a moment. */
  public FakeClient hearNothing() throws IOException {
    assertThat(wire.isSilent()).as("the client hears nothing").isTrue();
    return this;
  }

  /** Sends a command and waits for its answer, which must start so. */
  public FakeClient ask(String command, String start) throws IOException {
    return send(command).hearReply(start);
  }

  public void halfClose() throws IOException {
    wire.halfClose();
  }

  /** Whether the server's side has ended in order. */
  public boolean ended() throws IOException {
    return wire.ended();
  }

  /** Everything up to the end of the server's side, which must come in order. */
  public String rest() throws IOException {
    return wire.rest();
  }

  /** Whether the connection is broken off. */
  public boolean wasReset() throws IOException {
    return wire.wasReset();
  }

  public void reset() throws IOException {
    wire.reset();
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
