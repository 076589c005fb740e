package culvert.ssh.mina.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads RFC 4251's data types (section 5) out of octets that nobody vouches for. */
final class WireReader {
  private final ByteBuffer in;

  WireReader(byte[] octets) {
    in = ByteBuffer.wrap(octets);
  }

  int octet(String what) throws IOException {
    require(1, what);
    return in.get() & 0xff;
  }

  /** An unsigned number of 32 bits. */
  long uint32(String what) throws IOException {
    require(4, what);
    return in.getInt() & 0xffff_ffffL;
  }

  /** An unsigned number of 64 bits. */
  long uint64(String what) throws IOException {
    require(8, what);
    return in.getLong();
  }

  byte[] string(String what) throws IOException {
    long length = uint32("length of " + what);
    if (length > in.remaining()) {
      throw new IOException(
          "is damaged: " + what + " of " + length + " octets, " + in.remaining() + " left");
    }
    byte[] octets = new byte[(int) length];
    in.get(octets);
    return octets;
  }

  String text(String what) throws IOException {
    return new String(string(what), StandardCharsets.UTF_8);
  }

  /** A string of strings. */
  List<String> texts(String what) throws IOException {
    WireReader list = new WireReader(string(what));
    List<String> texts = new ArrayList<>();
    while (list.in.hasRemaining()) {
      texts.add(list.text(what));
    }
    return texts;
  }

  int position() {
    return in.position();
  }

  void end() throws IOException {
    if (in.hasRemaining()) {
      throw new IOException("is damaged: " + in.remaining() + " octets too many");
    }
  }

  private void require(int octets, String what) throws IOException {
    if (in.remaining() < octets) {
      throw new IOException("is damaged: ends before the " + what);
    }
  }
}
