package culvert.proxy.handover;

import java.util.Optional;

/**
 * The daemon's side of a handover, without its sockets. The other side says {@link Hello}, is told
 * {@value #SEND}, sends one file descriptor after the other, and is told {@value #READY}; in the
 * place of either it may be told {@value #REFUSED} and why. Behind that it is told of each {@link
 * Wish}, and answers by a connection of its own, which says {@link Opening.Connected}, is told
 * {@value #SEND}, and sends the file descriptor, or {@link Opening.NotConnected}. Not thread-safe.
 */
final class HandoverDialogue {
  static final String SEND = "send";
  static final String READY = "ready";
  static final String REFUSED = "refused ";

  private int left;
  private Phase phase = Phase.HELLO;

  private enum Phase {
    HELLO,
    SOCKETS,
    CONNECTION,
    READY
  }

  /** What a file descriptor is. */
  enum Handed {
    LISTENER,
    NAMES,
    CONNECTION
  }

  /**
   * The other side's line.
   *
   * @return what it says, to be answered with {@value #SEND} where it may
   * @throws IllegalArgumentException it is to be refused, with that message
   */
  Opening line(String line) {
    if (phase != Phase.HELLO) {
      throw new IllegalArgumentException("a line where there should be none");
    }
    Opening opening = Opening.parse(line);
    if (opening instanceof Hello hello) {
      left = hello.listeners() + 1;
      phase = Phase.SOCKETS;
    } else {
      phase = opening instanceof Opening.Connected ? Phase.CONNECTION : Phase.READY;
    }
    return opening;
  }

  /**
   * A file descriptor.
   *
   * @return what it is to be; empty: it was not asked for
   */
  Optional<Handed> descriptor() {
    if (phase == Phase.CONNECTION) {
      phase = Phase.READY;
      return Optional.of(Handed.CONNECTION);
    }
    if (phase != Phase.SOCKETS) {
      return Optional.empty();
    }
    left--;
    if (left == 0) {
      phase = Phase.READY;
      return Optional.of(Handed.NAMES);
    }
    return Optional.of(Handed.LISTENER);
  }

  /** Whether everything has come. */
  boolean isReady() {
    return phase == Phase.READY;
  }
}
