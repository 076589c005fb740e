package culvert.ssh.mina.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A certificate and where it came from. */
record CertificateFile(Path path, Certificate certificate) {

  /**
   * @throws IOException says what is wrong, without the file's name
   */
  static CertificateFile read(Path path) throws IOException {
    String text = new String(SmallFile.read(path, "a certificate"), StandardCharsets.ISO_8859_1);
    return new CertificateFile(path, Certificate.of(KeyBlob.parseLine(text)));
  }
}
