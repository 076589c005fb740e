package culvert.it.odd;

/** Addresses of this machine that no other test listens at, not even one in another JVM. */
final class OtherHost {
  private static final int FORK = Integer.getInteger("test.fork", 1);

  private OtherHost() {}

  static String address(int number) {
    return "127.71." + FORK + "." + number;
  }
}
