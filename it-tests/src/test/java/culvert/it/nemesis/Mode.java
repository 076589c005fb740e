package culvert.it.nemesis;

import java.util.List;

/** How the data connection is made. */
@SuppressWarnings("ImmutableEnumChecker") // List.of
enum Mode {
  EPSV,
  PASV,
  EPRT,
  PORT;

  boolean active() {
    return this == EPRT || this == PORT;
  }

  List<String> curlOptions() {
    return switch (this) {
      case EPSV -> List.of();
      case PASV -> List.of("--disable-epsv");
      case EPRT -> List.of("--ftp-port", "-");
      case PORT -> List.of("--ftp-port", "-", "--disable-eprt");
    };
  }
}
