package culvert.it.odd;

import java.io.IOException;
import java.util.List;

/** What a server does in its own way. */
@FunctionalInterface
interface Manner {
  /** Stands for the moment at which a client has connected. */
  String GREETING = "";

  /** A server as most are. */
  Manner PLAIN = (session, verb, argument) -> false;

  /**
   * Answers a command.
   *
   * @param verb in upper case, or {@link #GREETING}
   * @return whether it did; if not, the server answers as others do
   */
  boolean answers(ServerSession session, String verb, String argument) throws IOException;

  /** Answers one command with lines, and does nothing else about it. */
  static Manner reply(String verb, String... lines) {
    return (session, heard, argument) -> {
      if (!heard.equals(verb)) {
        return false;
      }
      session.reply(lines);
      return true;
    };
  }

  /** Says these bytes in one segment when a client has connected or sends a command. */
  static Manner say(String verb, String bytes) {
    return (session, heard, argument) -> {
      if (!heard.equals(verb)) {
        return false;
      }
      session.say(bytes);
      return true;
    };
  }

  /** Answers one command never. */
  static Manner silence(String verb) {
    return (session, heard, argument) -> heard.equals(verb);
  }

  /**
   * Listens for data and says so in lines with {@code {six}}, {@code {zeros}} (the six numbers with
   * a zero before each), {@code {address}} and {@code {port}}. The other passive command is not
   * implemented, so that no client can do without this one.
   */
  static Manner announce(String verb, String... lines) {
    return (session, heard, argument) -> {
      if (heard.equals(verb)) {
        session.announce(lines);
        return true;
      }
      if (List.of("PASV", "EPSV").contains(heard)) {
        session.reply("500 not implemented");
        return true;
      }
      return false;
    };
  }

  /** This, and for what it leaves alone the other one. */
  default Manner or(Manner other) {
    return (session, verb, argument) ->
        answers(session, verb, argument) || other.answers(session, verb, argument);
  }
}
