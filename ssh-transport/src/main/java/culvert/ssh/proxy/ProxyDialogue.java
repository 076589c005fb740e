package culvert.ssh.proxy;

import culvert.ssh.SshFailure;
import io.netty.buffer.ByteBuf;

/**
 * Asks a proxy for a connection: bytes in, bytes out. Names go to the proxy unresolved. No login is
 * offered.
 */
sealed interface ProxyDialogue permits Socks5Dialogue, HttpConnectDialogue {

  /** What is sent first. */
  byte[] begin();

  /**
   * Takes what was received, as far as it is whole.
   *
   * @param received all that was not yet taken; what is left in it belongs to a later step, or,
   *     after {@link Connected}, to the connection
   * @throws ProxyException the proxy refuses, or does not speak the protocol
   */
  Step next(ByteBuf received) throws ProxyException;

  /** What follows. */
  sealed interface Step {}

  /** More must come first. */
  record NeedMore() implements Step {}

  /** This is sent, and then the next step taken. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Send(byte[] bytes) implements Step {}

  /** The connection stands. */
  record Connected() implements Step {}

  static ProxyException notUnderstood(String found, String expected) {
    return new ProxyException(
        SshFailure.NO_ROUTE, "answered " + found + " (expected: " + expected + ")");
  }
}
