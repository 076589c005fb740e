package culvert.it.nemesis;

import culvert.it.TestFile;
import culvert.it.peers.RealFtpServer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * One transfer.
 *
 * @param name unique
 * @param point the byte at which the client shows its behaviour
 * @param curl or else a client that follows a script
 * @param blindly curl does not ask for the size first: only FIN and 226 tell it what it has
 */
record Job(
    String name,
    RealFtpServer server,
    boolean upload,
    Mode mode,
    TestFile file,
    Behaviour behaviour,
    long point,
    boolean curl,
    boolean blindly) {
  private static final List<Mode> MODES = List.of(Mode.values());
  private static final List<Behaviour> MISBEHAVIOURS =
      Stream.of(Behaviour.values()).filter(shown -> shown != Behaviour.OBEDIENT).toList();

  @SuppressWarnings("EnumOrdinal") // the seed draws by number
  static Job draw(String name, Random random, List<RealFtpServer> servers, List<TestFile> files) {
    RealFtpServer server = servers.get(random.nextInt(servers.size()));
    boolean upload = random.nextBoolean();
    Mode mode = MODES.get(random.nextInt(MODES.size()));
    TestFile file = files.get(random.nextInt(files.size()));
    boolean obedient = random.nextInt(10) < 6;
    Behaviour behaviour =
        obedient ? Behaviour.OBEDIENT : MISBEHAVIOURS.get(random.nextInt(MISBEHAVIOURS.size()));
    long point = (long) (random.nextDouble() * file.content().length());
    boolean curl = random.nextBoolean() && obedient;
    return new Job(name, server, upload, mode, file, behaviour, point, curl, random.nextBoolean());
  }

  @Override
  public String toString() {
    return "%s %s %s %s of %d bytes, %s"
        .formatted(
            name,
            server.name(),
            mode,
            upload ? "upload" : "download",
            file.content().length(),
            curl ? (blindly ? "curl blindly" : "curl") : behaviour + " at " + point);
  }
}
