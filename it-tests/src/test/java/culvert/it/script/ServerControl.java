package culvert.it.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;

/** The server's end of a control connection. Each step returns this, so that steps read as one. */
public final class ServerControl implements Closeable {
  private final Wire wire;

  ServerControl(Wire wire) {
    this.wire = wire;
  }

  public Wire wire() {
    return wire;
  }

  /** Waits for a command, which must be this one. */
  public ServerControl expect(String command) throws IOException {
    assertThat(wire.line()).as("the server receives").isEqualTo(command);
    return this;
  }

  /** Waits for a command, whichever it is. */
  public String command() throws IOException {
    return wire.line();
  }

  /** So many bytes, whatever they are. */
  public String read(int count) throws IOException {
    return wire.read(count);
  }

  /** Nothing comes for a moment. */
  public ServerControl expectNothing() throws IOException {
    assertThat(wire.isSilent()).as("the server hears nothing").isTrue();
    return this;
  }

  /** Says lines, in one segment. */
  public ServerControl reply(String... lines) throws IOException {
    wire.write(String.join("\r\n", lines) + "\r\n");
    return this;
  }

  /** Says part of a line, or more than one, in one segment. */
  public ServerControl say(String bytes) throws IOException {
    wire.write(bytes);
    return this;
  }

  /** Lets a user in, as most servers do. */
  public ServerControl logIn(String user, String password) throws IOException {
    reply("220 fake");
    expect("USER " + user).reply("331 password?");
    return expect("PASS " + password).reply("230 in");
  }

  /** Whether the client's side has ended in order. */
  public boolean ended() throws IOException {
    return wire.ended();
  }

  /** Everything up to the end of the client's side, which must come in order. */
  public String rest() throws IOException {
    return wire.rest();
  }

  public void reset() throws IOException {
    wire.reset();
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
