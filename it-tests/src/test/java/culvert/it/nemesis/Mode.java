package culvert.it.nemesis;

import java.util.List;

/** How the data connection is made. */
@SuppressWarnings("ImmutableEnumChecker") // List.of
enum Mode {
  EPSV(List.of()),
  PASV(List.of("--disable-epsv")),
  EPRT(List.of("--ftp-port", "-")),
  PORT(List.of("--ftp-port", "-", "--disable-eprt"));

  private final List<String> curlOptions;

  Mode(List<String> curlOptions) {
    this.curlOptions = curlOptions;
  }

  boolean active() {
    return this == EPRT || this == PORT;
  }

  List<String> curlOptions() {
    return curlOptions;
  }
}
